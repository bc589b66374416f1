"""Files that must be refused, made when the tests run; by hand where no program writes such."""
