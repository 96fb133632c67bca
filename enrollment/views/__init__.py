"""Pages of requests, groups and people: they translate between HTTP and the domain, and decide nothing."""
