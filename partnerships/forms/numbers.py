"""Numbers as people write them: understood where nothing else can be meant."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

BLANKS = "[ \u00a0\u2009\u202f]"
APART = re.compile(rf"[+-]?\d{{1,3}}({BLANKS}\d{{3}})+(\.\d+)?")
# "3,200" may be 3.2 or 3200; two commas, or a comma and then a point, leave no doubt.
WITH_COMMAS = re.compile(r"[+-]?\d{1,3}((,\d{3}){2,}(\.\d+)?|,\d{3}\.\d+)")
HOW = "Write the number without commas: 3200 or 3 200 for thousands, 3.2 with a decimal point."


class NumberField(forms.DecimalField):
    """A decimal number in a plain text field: browsers empty a number field that they misread."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str):
            if APART.fullmatch(text):
                text = re.sub(BLANKS, "", text)
            elif WITH_COMMAS.fullmatch(text):
                text = text.replace(",", "")
            elif "," in text:
                raise ValidationError(HOW, code="invalid")
        return super().to_python(text)

    def prepare_value(self, value: Any) -> Any:
        """3200 and not 3200.000000; what was typed stays as it was typed."""
        if isinstance(value, Decimal) and value.is_finite():
            return format(value.normalize() + 0, "f")
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}
