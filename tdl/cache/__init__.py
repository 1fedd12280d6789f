"""What is kept between runs: files in the user's cache folder that can be made again at any time.

Nothing here imports anything that takes long, as it runs before it is known whether more is needed.
"""
