"""The real JDK, for tests marked ``jdk``."""

import pytest

from robustfashion.resize.oracle.jdk import Jdk, missing_tools


@pytest.fixture(scope="module")
def jdk(tmp_path_factory) -> Jdk:
    if missing_tools():
        pytest.skip("no JDK (java, javac) on the PATH")
    return Jdk.compile(tmp_path_factory.mktemp("oracle"))
