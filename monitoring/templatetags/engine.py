"""How the engine's figures are worded."""

from django import template

from monitoring.models import ReportKind

register = template.Library()


@register.filter
def time(seconds: float) -> str:
    """In the two largest units: 0.15 s, 42 s, 3 min 20 s, 2 h 5 min, 3 d 4 h."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    for size, name, part, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= size:
            return f"{whole // size} {name} {whole % size // part} {smaller}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


@register.filter
def kind(code: str) -> str:
    return str(ReportKind(code).label)
