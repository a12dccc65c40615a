"""Events in words: plain ones, and Ofsted's own where a report is quoted.

`of_events` has the messages; what is said in a line elsewhere (`plain`) does not load them.
"""
