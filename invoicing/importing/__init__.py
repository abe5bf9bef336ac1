"""Reading tables that people made elsewhere: CSV and XLSX files of customers, items and number series.

Bytes come in, exact texts with their row numbers come out. What a column means is looked up, never guessed.
"""
