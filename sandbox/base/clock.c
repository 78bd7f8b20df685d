/*
 * clock.c - points in time and their texts
 */
#include "sandbox/base/clock.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t
clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Whole seconds and a fraction of 0 <= ns < NS_PER_S, also before 1970. */
static void
split(int64_t t, time_t *seconds, int64_t *ns)
{
	*seconds = (time_t)(t / NS_PER_S);
	*ns = t % NS_PER_S;
	if (*ns < 0) {
		*ns += NS_PER_S;
		--*seconds;
	}
}

/* ".123" without trailing zeros, or nothing. */
static void
fraction(int64_t ns, char out[16])
{
	size_t len;

	out[0] = '\0';
	if (ns == 0)
		return;
	len = (size_t)snprintf(out, 16, ".%09lld", (long long)ns);
	while (out[len - 1] == '0')
		out[--len] = '\0';
}

static void
format(int64_t t, const char *layout, const char *zone, char out[CLOCK_TEXT])
{
	char date[24], frac[16];
	time_t seconds;
	int64_t ns;
	struct tm tm;

	split(t, &seconds, &ns);
	gmtime_r(&seconds, &tm);
	strftime(date, sizeof date, layout, &tm);
	fraction(ns, frac);
	snprintf(out, CLOCK_TEXT, "%.19s%.10s%.10s", date, frac, zone);
}

void
clock_format(int64_t t, char out[CLOCK_TEXT])
{
	format(t, "%Y-%m-%dT%H:%M:%S", "Z", out);
}

void
clock_format_go(int64_t t, char out[CLOCK_TEXT])
{
	format(t, "%Y-%m-%d %H:%M:%S", " +0000 UTC", out);
}

int
clock_parse(const char *s, int64_t *ret)
{
	int year, month, day, hour, minute, second, used = 0, oh, om;
	int64_t ns = 0, scale = NS_PER_S / 10, offset = 0;
	struct tm tm = {0};

	if (sscanf(s, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &month, &day, &hour,
		&minute, &second, &used) != 6 ||
	    used < 19)
		return -1;
	/* Years whose nanoseconds fit; digits from outside must not overflow. */
	if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 31)
		return -1;
	s += used;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, scale /= 10)
			ns += (*s - '0') * scale;
	if (*s == '+' || *s == '-') {
		if (sscanf(s + 1, "%2d:%2d", &oh, &om) != 2)
			return -1;
		offset = (oh * 60 + om) * 60 * (*s == '-' ? -1 : 1);
	} else if (strcmp(s, "Z") != 0 && strcmp(s, "z") != 0) {
		return -1;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = second;
	*ret = (timegm(&tm) - offset) * NS_PER_S + ns;
	return 0;
}
