"""The settings of an organization in rooms: a module for each, and a line for each in `frame.GROUPS`, `words.py` and
`routes.py`.
"""
