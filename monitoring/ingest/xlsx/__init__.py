"""Workbooks read safely. What stands here runs in the confined process and imports no Django."""
