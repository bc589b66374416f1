"""The workbook made for a framework and a period: filled in by people, found again by its keys."""
