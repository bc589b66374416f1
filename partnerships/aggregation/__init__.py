from partnerships.aggregation.matching import Found, expire_needs, find_for, find_matches

__all__ = ["Found", "expire_needs", "find_for", "find_matches"]
