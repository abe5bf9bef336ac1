"""The settings of an organization in rooms: one module for each, and one line for each in `frame.ROOMS`, `words.py` and
`routes.py`.
"""
