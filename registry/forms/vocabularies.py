"""Forms of the pages of vocabularies."""

from django import forms

from registry.forms.filters import FilterForm

LANGUAGES = [
    ("", "Any language"),
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ru", "Русский"),
    ("ar", "العربية"),
    ("zh-Hans", "中文"),
]


class SdgForm(FilterForm):
    q = forms.CharField(label="Code or words", max_length=200, required=False)
    language = forms.ChoiceField(label="Official texts in", choices=LANGUAGES, required=False)


class AfterForm(FilterForm):
    after = forms.IntegerField(min_value=0, max_value=32767, required=False)
