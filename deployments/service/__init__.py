"""The service: `ofsted-watch up`."""
