"""What is written in a picture: lines found and read, put in order; codes; when to look at all.

The libraries are those of the extra `[ocr]`, and are imported only once a picture is routed here.
"""
