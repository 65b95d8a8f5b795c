"""manage.py purge: forgets what is past its time."""

from __future__ import annotations

import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from accounts.changes.purging import NotTheOwner, purge
from accounts.models import RetentionRun
from accounts.retention import Rule, rules


class Command(BaseCommand):
    help = "Tell what is past its time, why and how much; forget it with --commit. The run itself is kept for auditors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commit", action="store_true", help="forget it; otherwise nothing changes")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
        parser.add_argument("--by", default="", help="who runs it (the system's account)")
        parser.add_argument("--rule", action="append", default=[], metavar="CODE", help="only this rule; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {rule.code: rule for rule in rules()}
        unknown = [code for code in options["rule"] if code not in known]
        if unknown:
            raise CommandError(f"There is no rule {', '.join(unknown)}; there are {', '.join(known)}.")
        chosen = [rule for code, rule in known.items() if code in options["rule"] or not options["rule"]]
        by = options["by"] or f"manage.py ({getpass.getuser()})"
        try:
            run = purge(at=timezone.now(), by=by, commit=options["commit"], chosen=chosen)
        except NotTheOwner as error:
            raise CommandError(str(error)) from error
        with translation.override("en"):
            if options["json"]:
                self.stdout.write(json.dumps(_document(run, chosen), ensure_ascii=False, indent=1))
            else:
                self._tell(run, chosen)
        if run.failures:
            raise CommandError(f"Failed: {', '.join(run.failures)}.")

    def _tell(self, run: RetentionRun, chosen: list[Rule]) -> None:
        for rule in chosen:
            self.stdout.write(f"{rule.code}: {rule.what}. Kept {rule.kept()}. {rule.why}")
            if rule.code in run.failures:
                self.stdout.write(f"  failed: {run.failures[rule.code]}")
            for territory, number in run.counts.get(rule.code, {}).items():
                self.stdout.write(f"  {number:>8} {f'in {territory}' if territory else 'of no territory'}")
        if run.dry_run:
            self.stdout.write(f"{run.total} rows are past their time; nothing was forgotten (--commit does).")
        else:
            self.stdout.write(f"{run.total} rows were forgotten.")


def _document(run: RetentionRun, chosen: list[Rule]) -> dict[str, Any]:
    return {
        "at": timezone.localtime(run.at).isoformat(timespec="seconds"),
        "by": run.by,
        "dry_run": run.dry_run,
        "total": run.total,
        "rules": [
            {
                "code": rule.code,
                "what": str(rule.what),
                "why": str(rule.why),
                "kept": rule.kept(),
                "counts": run.counts.get(rule.code, {}),
                "failure": run.failures.get(rule.code),
            }
            for rule in chosen
        ],
    }
