/*
 * number.c - sizes and durations as people read them (docker/go-units, buildkit)
 */
#include "sandbox/base/base.h"
#include "sandbox/format/format.h"
#include <stdio.h>

static const char *const decimal[] = {
    "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
static const char *const binary[] = {
    "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};

/* Divides by base until it is small; returns the unit. */
static const char *
scale(double *size, double base, const char *const units[9])
{
	size_t i = 0;

	for (; *size >= base && i < 8; i++)
		*size /= base;
	return units[i];
}

void
format_size(double bytes, char out[FORMAT_TEXT])
{
	const char *unit = scale(&bytes, 1000, decimal);

	snprintf(out, FORMAT_TEXT, "%.3g%s", bytes, unit);
}

void
format_size4(double bytes, char out[FORMAT_TEXT])
{
	const char *unit = scale(&bytes, 1000, decimal);

	snprintf(out, FORMAT_TEXT, "%.4g%s", bytes, unit);
}

void
format_size_binary(double bytes, char out[FORMAT_TEXT])
{
	const char *unit = scale(&bytes, 1024, binary);

	snprintf(out, FORMAT_TEXT, "%.4g%s", bytes, unit);
}

void
format_size_build(int64_t bytes, char out[FORMAT_TEXT])
{
	double size = (double)bytes;
	const char *unit = scale(&size, 1000, decimal);

	snprintf(out, FORMAT_TEXT, bytes < 1000 ? "%.0f%s" : "%.2f%s", size, unit);
}

/* Hours in Docker's units: the first row whose limit is greater. */
static const struct {
	int limit, divisor;
	const char *unit;
} spans[] = {
    {48, 1, "hours"},
    {24 * 7 * 2, 24, "days"},
    {24 * 30 * 2, 24 * 7, "weeks"},
    {24 * 365 * 2, 24 * 30, "months"},
};

void
format_duration(int64_t ns, char out[FORMAT_TEXT])
{
	int64_t seconds = ns / NS_PER_S, minutes = seconds / 60;
	int64_t hours = (ns / NS_PER_S + 1800) / 3600; /* rounded, unlike the others */

	if (seconds < 1)
		snprintf(out, FORMAT_TEXT, "Less than a second");
	else if (seconds == 1)
		snprintf(out, FORMAT_TEXT, "1 second");
	else if (seconds < 60)
		snprintf(out, FORMAT_TEXT, "%lld seconds", (long long)seconds);
	else if (minutes == 1)
		snprintf(out, FORMAT_TEXT, "About a minute");
	else if (minutes < 60)
		snprintf(out, FORMAT_TEXT, "%lld minutes", (long long)minutes);
	else if (hours == 1)
		snprintf(out, FORMAT_TEXT, "About an hour");
	else {
		size_t i = 0;

		while (i < ARRAY_LEN(spans) && hours >= spans[i].limit)
			i++;
		if (i < ARRAY_LEN(spans))
			snprintf(out, FORMAT_TEXT, "%lld %s",
			    (long long)(hours / spans[i].divisor), spans[i].unit);
		else
			snprintf(out, FORMAT_TEXT, "%lld years",
			    (long long)(seconds / 3600 / 24 / 365));
	}
}

void
format_ago(int64_t then, int64_t now, char out[FORMAT_TEXT])
{
	format_duration(now - then, out);
	strncat(out, " ago", FORMAT_TEXT - strlen(out) - 1);
}
