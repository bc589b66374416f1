"""Small IATI files for tests, and the import of them."""

from monitoring.exchange.jobs import new_batch, run_import
from registry.models import ImportBatch

REPORTER = """
    <reporting-org ref="XM-DAC-41999" type="40"><narrative>Reporting agency</narrative>
    </reporting-org>"""
ACTIVITY = """  <iati-activity default-currency="USD">
    <iati-identifier>{identifier}</iati-identifier>{reporter}
    <title><narrative>{title}</narrative></title>
    <description><narrative>What it is about.</narrative></description>
    <activity-status code="2"/>
    {dates}
{inside}
  </iati-activity>
"""
START = '<activity-date type="2" iso-date="2020-01-01"/>'
RESULT = """    <result type="1"><title><narrative>Wells</narrative></title>
{indicators}
    </result>"""
INDICATOR = """      <indicator measure="{measure}" {attributes}>
        <title><narrative>{title}</narrative></title>
{inside}
      </indicator>"""
PERIOD = """        <period>
          <period-start iso-date="{start}"/><period-end iso-date="{end}"/>
{inside}
        </period>"""


def activity(inside="", identifier="XM-TEST-1", title="Water", reporter=REPORTER, dates=START):
    return ACTIVITY.format(
        inside=inside, identifier=identifier, title=title, reporter=reporter, dates=dates
    )


def results(*indicators):
    return RESULT.format(indicators="\n".join(indicators))


def indicator(inside, measure="1", title="Wells dug", attributes=""):
    return INDICATOR.format(inside=inside, measure=measure, title=title, attributes=attributes)


def period(inside, start="2020-01-01", end="2020-12-31"):
    return PERIOD.format(inside=inside, start=start, end=end)


def wells(actual):
    return results(indicator(period(f'<actual value="{actual}"/>')))


def file_of(*activities, version="2.03"):
    body = "".join(activities)
    return f'<iati-activities version="{version}">\n{body}</iati-activities>\n'.encode()


def take(content, *, is_dry_run=False):
    """Import a file, or an activity; the finished batch."""
    content = content if isinstance(content, bytes) else file_of(content)
    batch = new_batch("test.xml", content, by=None, is_dry_run=is_dry_run)
    run_import(batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def listed(batch, code=None):
    """What was left out and why, without what went with its parent or has no place yet."""
    found = batch.findings.filter(stored=False).exclude(code__in=["with_parent", "not_kept_yet"])
    rows = found.filter(code=code) if code else found
    return list(rows.values_list("element", "code"))


def line_of(content, text):
    return content.decode()[: content.decode().index(text)].count("\n") + 1
