"""Reading what somebody sends: one reader for workbooks, web pages and text, with one set of limits."""
