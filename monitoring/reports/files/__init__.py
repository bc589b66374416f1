"""The files that a report is given out as: workbook, CSV, and the store of all of them."""
