"""`relmon export`: what is stored, for spreadsheets and programs."""
