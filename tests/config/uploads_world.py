"""Files of values that the evaluator sent for that partnership's draft."""

from django.core.files.base import ContentFile

from monitoring.services.uploads import send_file


def uploads(rows, evaluator):
    """One that could be loaded, and one with a row that is wrong."""
    said = {"checked_upload": "5", "wrong_upload": "N/A"}
    return {
        name: send_file(
            ContentFile(
                f"indicator,value\n#{rows['indicator'].pk},{value}\n".encode(), "values.csv"
            ),
            by=evaluator,
            to=rows["draft_data"],
        )
        for name, value in said.items()
    }
