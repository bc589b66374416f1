"""Every route of the running product is asked odd things: no server error, no broken promise.

schemathesis makes them up from the product's own OpenAPI description, as each kind of caller.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.running
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
FEWEST = 1000  # for each kind of caller
# All boundary cases of every parameter for who may write most; the others get random ones.
CALLERS = {
    "anonymous": "fuzzing",
    "service account": "fuzzing",
    "manager": "fuzzing",
    "admin": "coverage,fuzzing",
}


@pytest.mark.parametrize("caller", CALLERS)
def test_answers_anything_as_described(product, tokens, caller, tmp_path):
    said = ask(product, tokens[caller], CALLERS[caller], tmp_path)

    cases = int(re.search(r"([\d,]+) generated", said)[1].replace(",", ""))
    print(f"{caller}: {cases} cases")
    assert "Failures:" not in said, said[max(said.find("FAILURES"), 0) :][:20_000]
    assert cases >= FEWEST


def ask(product, token, phases, folder):
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run"),
        *(f"{product.address}/api/v1/schema/", "--checks", ",".join(CHECKS)),
        *("--phases", phases, "--max-examples", "8", "--workers", "2"),
        *("--seed", "20210505", "--continue-on-failure", "--no-color"),
        *("--request-timeout", "30", "--suppress-health-check", "all"),
    ]
    if token:
        command += ["--header", f"Authorization: Token {token}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout
