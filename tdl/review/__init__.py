"""Review: what a vendor's checks do with findings: which documents, which findings count, and what mends them.

Input: names of documents, directories or a project. Output: findings, ready to be shown.
"""
