"""Forms of one's own notices."""

from typing import Any

from django import forms

from registry.models import User
from registry.models.notices import GROUPS, How, NoticeSetting


class NoticeSettingsForm(forms.Form):
    """How a person hears of each group; a mandatory one shows that it is, and stays."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        how = NoticeSetting.chosen_by(user)
        for name, group in GROUPS.items():
            choices = [c for c in How.choices if c[0] == How.AT_ONCE or not group.mandatory]
            self.fields[name] = forms.ChoiceField(
                label=group.label,
                choices=choices,
                initial=how[name],
                help_text="Always mailed at once." if group.mandatory else "",
            )
