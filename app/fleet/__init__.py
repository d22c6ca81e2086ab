"""Visits made on other machines: workers crawl, the machine that has the store takes in.

Needs the extra zhengxun[fleet]; nothing here is imported without `fleet.broker`.
"""
