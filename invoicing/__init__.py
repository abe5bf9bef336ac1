"""The rules of invoicing: pure values and functions.

No input or output, no clock, no database and no logging: time, numbers and rates are arguments.
"""
