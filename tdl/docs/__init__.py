"""Docs: the pages of a definition, for people: a site that needs no server, and Markdown for a repository.

Input: a compiled definition and, if wanted, what is known of a meter. Output: files by name. `tdl.docs.site` makes one
`view.Site`; `tdl.docs.html` and `tdl.docs.markdown` only lay it out.
"""
