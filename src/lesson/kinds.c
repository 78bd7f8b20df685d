/*
 * kinds.c - numbers, sizes, durations, ports: how an argument is read
 */
#include "src/lesson/kinds.h"
#include <ctype.h>

/* "12MB", "60%", "1.5kB"; bytes, or the percentage. */
static bool
read_size(const char *s, double *ret)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"", 1}, {"b", 1}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"k", 1e3},
	    {"m", 1e6}, {"g", 1e9}, {"kib", 1024}, {"mib", 1 << 20}, {"gib", 1 << 30},
	    {"%", 1}};
	char *end;
	double n = strtod(s, &end);

	if (!isdigit((unsigned char)*s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcasecmp(end, units[i].unit) == 0) {
			*ret = n * units[i].factor;
			return true;
		}
	return false;
}

bool
check_read_time(const char *s, double *ret)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
	char *end;
	double n = strtod(s, &end);

	if (!isdigit((unsigned char)*s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq(end, units[i].unit)) {
			*ret = n * units[i].factor;
			return true;
		}
	return false;
}

static bool
read_number(const char *s, double *ret)
{
	uint64_t n;

	if (!str_to_u64(s, 1000000000, &n))
		return false;
	*ret = (double)n;
	return true;
}

static bool
read_port(const char *s, double *ret)
{
	char *number cleanup_free = xstrndup(s, strcspn(s, "/"));
	const char *proto = s + strlen(number);

	return (*proto == '\0' || str_eq(proto, "/tcp") || str_eq(proto, "/udp")) &&
	       read_number(number, ret) && *ret >= 1 && *ret <= 65535;
}

static bool
is_listed(const char *s, const char *list)
{
	struct vec words cleanup_vec = VEC_INIT;

	vec_split(&words, list, " ");
	return vec_has(&words, s);
}

static bool
read_cmp(const char *s, double *ret)
{
	(void)ret;
	return is_listed(s, "= != < <= > >=");
}

static bool
read_match(const char *s, double *ret)
{
	(void)ret;
	return is_listed(s, "contains ~");
}

static bool
read_method(const char *s, double *ret)
{
	(void)ret;
	return is_listed(s, "GET HEAD POST PUT DELETE");
}

static bool
read_url(const char *s, double *ret)
{
	(void)ret;
	return (str_starts(s, "http://") && s[7] != '\0') ||
	       (str_starts(s, "https://") && s[8] != '\0');
}

static bool
read_word(const char *s, double *ret)
{
	(void)ret;
	return *s != '\0';
}

static const struct kind kinds[] = {{"N", read_number, "a number", NULL},
    {"CODE", read_number, "a number", NULL},
    {"SIZE", read_size, "a size (12MB, 60%)", NULL},
    {"TIME", check_read_time, "a duration (500ms, 10s)", NULL},
    {"PORT", read_port, "a port (5000, 5000/tcp)", NULL},
    {"HOSTPORT", read_port, "a port (5000)", NULL},
    {"CMP", read_cmp, "one of = != < <= > >=", NULL},
    {"MATCH", read_match, "\"contains\" or \"~\"", "contains ~"},
    {"METHOD", read_method, "a method (GET)", "GET HEAD POST PUT DELETE"},
    {"URL", read_url, "an address (http://...)", NULL}, {"", read_word, "a word", NULL}};

const struct kind *
kind_of(const char *name)
{
	const struct kind *k = kinds;

	while (*k->name != '\0' && !str_eq(k->name, name))
		k++;
	return k;
}
