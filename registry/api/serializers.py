"""The serializer base: strict about what comes in, and only through the domain."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from registry.models import User


class RefusesUnknown:
    """What a client sends is used or refused, never dropped silently."""

    def to_internal_value(self: Any, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {field.field_name for field in self._writable_fields}
            if unknown := sorted(str(name) for name in set(data) - known):
                text = "Not a field that can be written here."
                raise ValidationError(
                    {name: [ErrorDetail(text, code="unknown_field")] for name in unknown}
                )
        return super().to_internal_value(data)  # type: ignore[misc]

    @property
    def user(self: Any) -> User:
        user: User = self.context["request"].user
        return user


class Serializer(RefusesUnknown, serializers.Serializer[Any]):
    """The body of a verb."""


class NothingSerializer(Serializer):
    """No body."""


class ReasonSerializer(Serializer):
    reason = serializers.CharField(max_length=2000)


class OptionalReasonSerializer(Serializer):
    reason = serializers.CharField(max_length=2000, required=False)


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """A reference to a row that the caller may see: another's draft does not exist."""

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        request = self.context.get("request")
        if request and hasattr(queryset, "visible_to"):
            return queryset.visible_to(request.user)
        return queryset

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool | float | Decimal):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class CodesField(serializers.ListField):
    """Vocabulary rows by their codes, all in one query; `read` finds those of a record."""

    def __init__(
        self,
        model: type[models.Model],
        slug: str,
        *,
        read: Callable[[Any], Iterable[Any]],
        **options: Any,
    ) -> None:
        self.model, self.slug, self.read = model, slug, read
        options.setdefault("child", serializers.CharField(max_length=20))
        super().__init__(max_length=500, **options)

    def get_attribute(self, instance: Any) -> Any:
        return self.read(instance)

    def to_representation(self, data: Iterable[Any]) -> list[Any]:
        return [getattr(row, self.slug) for row in data]

    def to_internal_value(self, data: Any) -> list[Any]:
        codes = super().to_internal_value(data)
        rows: Any = self.model._default_manager.filter(**{f"{self.slug}__in": codes})
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(self.context["request"].user)
        known = {getattr(row, self.slug): row for row in rows}
        if unknown := [code for code in codes if code not in known]:
            text = f"Unknown: {', '.join(map(str, unknown[:5]))}."
            raise ValidationError([ErrorDetail(text, code="unknown_code")])
        return list({code: known[code] for code in codes}.values())


class ModelSerializer(RefusesUnknown, serializers.ModelSerializer[Any]):
    """Reads a record; writes only by `create` and `update` that call the domain.

    Uniqueness is the database's to decide, without a race, so no validator looks it up.
    `Meta.private_fields` are empty for callers outside the partnership.
    """

    serializer_related_field = VisibleField

    def get_validators(self) -> list[Any]:
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """What only the domain writes may be read as empty where the model lets it be."""
        made, options = super().build_standard_field(field_name, model_field)
        may_be_blank = model_field.blank or model_field.default == ""
        if model_field.choices and may_be_blank and not model_field.editable:
            options["allow_blank"] = True
        return made, options

    def include_extra_kwargs(self, kwargs: Any, extra_kwargs: Any) -> Any:
        may_be_blank = kwargs.get("allow_blank") if "choices" in kwargs else False
        may_be_blank = may_be_blank and extra_kwargs.get("read_only", False)
        kwargs = super().include_extra_kwargs(kwargs, extra_kwargs)
        return {**kwargs, "allow_blank": True} if may_be_blank else kwargs

    def to_representation(self, instance: Any) -> Any:
        shown = super().to_representation(instance)
        if not getattr(instance, "is_inside", False):
            shown.update(self.blank_fields())
        return shown

    def blank_fields(self) -> dict[str, Any]:
        """What stands for the private fields where the caller is outside."""
        return {
            name: None if getattr(self.fields[name], "allow_null", False) else ""
            for name in getattr(self.Meta, "private_fields", ())
        }

    def create(self, validated_data: dict[str, Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not create")

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not amend")
