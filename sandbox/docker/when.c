/*
 * when.c - points in time as a user writes them: --since, --until, until=
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

/* Go's durations: "1h30m", "42m", "1.5s"; false when it is none. */
static bool
parse_duration(const char *text, int64_t *ret)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {
	    {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
	double sum = 0;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		double n = strtod(text, &end);
		size_t len = strspn(end, "nushm"), i = 0;

		if (end == text)
			return false;
		while (i < ARRAY_LEN(units) && (strlen(units[i].unit) != len ||
						   memcmp(units[i].unit, end, len) != 0))
			i++;
		if (i == ARRAY_LEN(units))
			return false;
		sum += n * units[i].ns;
		text = end + len;
	}
	*ret = (int64_t)sum;
	return true;
}

/* A point in time: RFC 3339, seconds since the epoch, or how long ago. */
int
docker_when(const char *what, const char *text, int64_t *ret, struct err *err)
{
	cleanup_free char *longer = NULL;
	char *end;
	double seconds;
	int64_t ago;

	*ret = 0;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (clock_parse(text, ret) == 0)
		return 0;
	/* a day, or a time without its zone */
	longer = xasprintf(strchr(text, 'T') != NULL ? "%sZ" : "%sT00:00:00Z", text);
	if (clock_parse(longer, ret) == 0)
		return 0;
	seconds = strtod(text, &end);
	if (*end == '\0' && end != text) {
		*ret = (int64_t)(seconds * 1e9);
		return 0;
	}
	if (parse_duration(text, &ago)) {
		*ret = clock_now() - ago;
		return 0;
	}
	err_set(
	    err, ERR_INPUT, "failed to parse value as time or duration: \"%s\"", text);
	return what != NULL ? err_while(err, "invalid value for \"%s\"", what) : -1;
}
