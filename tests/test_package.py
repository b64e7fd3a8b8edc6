"""What is promised about the package as a whole: public names, packaging, the README's commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import simulation

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("name", simulation.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(simulation, name).__name__ == name


def test_an_unknown_public_name_is_refused_with_the_list() -> None:
    with pytest.raises(AttributeError, match="there are: Draws"):
        _ = simulation.nonsense


def test_every_package_folder_is_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = set(project["tool"]["setuptools"]["packages"])
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "simulation").rglob("*.py")} | {
        "simulation.scenario.shipped",
        "simulation.scenario.shipped.variants",
    }
    assert named == there


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import simulation, sys; print([m for m in ('numpy', 'scipy', 'pandas', 'simpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_readme_names_every_shipped_scenario() -> None:
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        assert f"scenarios/{path.name}" in README, f"{path.name} is missing from the README's table"


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), f"README links to {target}, which does not exist"


def test_the_variant_shown_beside_the_scenarios_loads(tmp_path: Path) -> None:
    page = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    (variant,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    path = tmp_path / "mihama_more_water.toml"
    path.write_text(variant, encoding="utf-8")
    assert simulation.load(path).building["station"].water_tank["earthquake_proof"].capacity_m3 == 100


@pytest.mark.slow
def test_the_readme_program_runs(tmp_path: Path) -> None:
    (program,) = _blocks("python")
    program = program.replace('"results/"', repr(str(tmp_path)))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_file()


@pytest.mark.slow
def test_the_readme_commands_run(tmp_path: Path) -> None:
    """In an empty folder and in their order, as its reader would give them."""
    commands = [line for block in _blocks("console") for line in block.splitlines() if line.startswith("yuimaru ")]
    assert len(commands) >= 8
    for line in commands:
        words = shlex.split(line)[1:]
        if words[0] == "run" and not {"--scenarios", "--only"} & set(words):
            words += ["--scenarios", "2"]
        done = subprocess.run(
            [sys.executable, "-m", "simulation", *words], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.slow
def test_an_installed_wheel_runs_a_shipped_scenario_by_name_and_the_benchmarks(tmp_path: Path) -> None:
    python = sys.executable
    build = [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    target = tmp_path / "site"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    code = f"import sys; sys.path.insert(0, {str(target)!r}); import simulation; print(simulation.__file__); "
    code += "print(simulation.load('mihama').name)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    where, name = done.stdout.split()
    assert Path(where).is_relative_to(target)
    assert name == "mihama"
    words = ["bench", "--case", "2x48-plain", "--phase", "solve", "--solver", "interior-point", "--repeats", "1"]
    code = f"import sys; sys.path.insert(0, {str(target)!r}); sys.argv[1:] = {words!r}; "
    code += "from simulation.cli import main; main()"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2x48-plain" in done.stdout
    assert "interior-point" in done.stdout
