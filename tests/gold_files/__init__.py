"""The gold set of files: invented notices and lists, whose text is known because it was written
here. `python -m tests.gold_files` makes tests/files/gold anew (LibreOffice, Noto CJK, Pillow)."""
