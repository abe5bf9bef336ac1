"""The printed form of a document.

`pdf.render_pdf` is the way in. The other modules are its parts, in the order in which a page comes about:
`fonts` and `formats` turn values into printable text, `wrapping` breaks it into lines, `letterhead`, `line_table`,
`totals` and `closing` arrange the lines in rows, `layout` puts the rows on pages, `sheet` draws the
pages. `labels` has the words and `theme` the look.
"""
