"""When schedules fire, worked out with libraries that share nothing with the product.

Reads a list of schedules as JSON from standard input and writes, for each, the instants of the year as ISO texts in
UTC. Cron comes from cronsim, holidays from holidays, clocks from zoneinfo; the rules for clocks that change (a time
that is skipped stands for the first instant after the gap, one that is repeated for its first) and for days without
business are written out here.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import holidays
from cronsim import CronSim

YEAR = 2026
DAY = timedelta(days=1)
CATEGORIES = {"KR": ("public", "bank"), "HK": ("public", "optional"), "US": ("public",)}


def holidays_of(country):
    """The holidays of a country around the year, with their substitute days."""
    return holidays.country_holidays(country, years=range(YEAR - 2, YEAR + 2), categories=CATEGORIES[country])


def instant(local, zone):
    """The one instant of a local time."""
    first = local.replace(tzinfo=zone, fold=0)
    utc = first.astimezone(timezone.utc)
    if utc.astimezone(zone).replace(tzinfo=None) == local:
        return utc
    # In a gap: the moment the offset changes, to the minute.
    low, high = utc - timedelta(days=2), utc + timedelta(days=2)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def instants(schedule):
    zone = ZoneInfo(schedule["zone"])
    off_days = holidays_of(schedule["country"]) if schedule.get("country") else {}

    def is_off(day):
        return bool(schedule.get("country")) and (day.weekday() >= 5 or day in off_days)

    def business_days(year, month):
        day, found = date(year, month, 1), []
        while day.month == month:
            if not is_off(day):
                found.append(day)
            day += DAY
        return found

    found = set()
    for local in CronSim(schedule["cron"], datetime(YEAR - 1, 10, 1)):
        if local.year > YEAR + 1 or (local.year == YEAR + 1 and local.month > 3):
            break
        day, rule = local.date(), schedule.get("on_holiday")
        if schedule.get("business_day"):
            days = business_days(day.year, day.month)
            wanted = [days[n - 1] if n > 0 else days[n] for n in schedule["business_day"]]
            if day not in wanted:
                continue
        elif is_off(day) and rule == "skip":
            continue
        elif rule in ("next", "previous"):
            while is_off(day):
                day += DAY if rule == "next" else -DAY
        found.add(instant(datetime.combine(day, local.time()), zone))
    return sorted(at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in found if at.year == YEAR)


if sys.argv[1:] == ["holidays"]:
    years = range(2024, 2028)
    known = {
        country.lower(): sorted(
            day.isoformat()
            for day in holidays.country_holidays(country, years=years, categories=categories)
            if day.year in years
        )
        for country, categories in CATEGORIES.items()
    }
    json.dump(known, sys.stdout)
else:
    json.dump([instants(schedule) for schedule in json.load(sys.stdin)], sys.stdout)
