/*
 * opt_values.c - values that an option's own type reads, and its complaints
 *
 * Facts and texts: docker/go-units (size.go, ulimit.go); docker/cli, opts/ and
 * cli/command/container/opts.go.
 */
#include "sandbox/docker/opts.h"
#include "sandbox/dockerfile/dockerfile.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static const char blanks[] = " \t";

int
opts_duration(const char *text, int64_t *ret, struct err *err)
{
	long long ns = 0;

	if (dockerfile_duration(text, &ns, err) < 0)
		return -1;
	*ret = ns;
	return 0;
}

/* What stands behind the number: "", "b", "k", "kb", "kib" ...; 0: it is none. */
static double
factor_of(const char *suffix, unsigned base)
{
	static const char units[] = "kmgtp";
	const char *unit;
	double factor = 1;

	if (*suffix == '\0' || strcasecmp(suffix, "b") == 0)
		return 1;
	unit = strchr(units, tolower((unsigned char)*suffix));
	if (unit == NULL || (suffix[1] != '\0' && strcasecmp(suffix + 1, "b") != 0 &&
				strcasecmp(suffix + 1, "ib") != 0))
		return 0;
	for (const char *u = units; u <= unit; u++)
		factor *= base;
	return factor;
}

int
opts_bytes(const char *text, unsigned base, int64_t *ret, struct err *err)
{
	size_t len = strlen(text), cut = len;
	double factor, number;
	char *end;

	while (cut > 0 && strchr("0123456789. ", text[cut - 1]) == NULL)
		cut--;
	if (cut == 0)
		return err_set(err, ERR_INPUT, "invalid size: '%s'", text);
	cleanup_free char *digits = xstrndup(text, cut - (text[cut - 1] == ' '));
	number = strtod(digits, &end);
	if (*digits == '\0' || *end != '\0' || isspace((unsigned char)*digits))
		return err_set(err, ERR_INPUT,
		    "strconv.ParseFloat: parsing \"%s\": invalid syntax", digits);
	if (number < 0)
		return err_set(err, ERR_INPUT, "invalid size: '%s'", text);
	factor = factor_of(text + cut, base);
	if (factor == 0) {
		cleanup_free char *suffix = xstrdup(text + cut);

		for (char *p = suffix; strlen(suffix) <= 3 && *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		return err_set(err, ERR_INPUT, "invalid suffix: '%s'", suffix);
	}
	*ret = (int64_t)(number * factor);
	return 0;
}

int
opts_integer(const char *text, int64_t *ret, struct err *err)
{
	char *end;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && !isspace((unsigned char)*text))
		return 0;
	return err_set(err, ERR_INPUT, "strconv.ParseInt: parsing \"%s\": %s", text,
	    errno == ERANGE ? "value out of range" : "invalid syntax");
}

int
opts_check_label(const char *text, struct err *err)
{
	cleanup_free char *copy = xstrndup(text, strcspn(text, "="));
	const char *key = copy + strspn(copy, blanks);

	if (*key == '\0')
		return err_set(err, ERR_INPUT, "invalid label '%s': empty name", text);
	if (strpbrk(key, blanks) != NULL)
		return err_set(err, ERR_INPUT, "label '%s' contains whitespaces", key);
	return 0;
}

int
opts_check_sysctl(const char *text, struct err *err)
{
	static const char *const known[] = {"kernel.msgmax=", "kernel.msgmnb=",
	    "kernel.msgmni=", "kernel.sem=", "kernel.shmall=", "kernel.shmmax=",
	    "kernel.shmmni=", "kernel.shm_rmid_forced=", "net.", "fs.mqueue."};

	for (size_t i = 0; strchr(text, '=') != NULL && i < ARRAY_LEN(known); i++)
		if (str_starts(text, known[i]))
			return 0;
	return err_set(err, ERR_INPUT, "sysctl '%s' is not allowed", text);
}

int
opts_check_attach(const char *text, struct err *err)
{
	if (strcasecmp(text, "stdin") == 0 || strcasecmp(text, "stdout") == 0 ||
	    strcasecmp(text, "stderr") == 0)
		return 0;
	return err_set(err, ERR_INPUT, "valid streams are STDIN, STDOUT and STDERR");
}

static int
check_limits(int64_t soft, int64_t hard, struct err *err)
{
	if (hard == -1)
		return 0;
	if (soft == -1)
		return err_set(err, ERR_INPUT,
		    "ulimit soft limit must be less than or equal to hard limit: soft: "
		    "-1 (unlimited), hard: %lld",
		    (long long)hard);
	if (soft > hard)
		return err_set(err, ERR_INPUT,
		    "ulimit soft limit must be less than or equal to hard limit: %lld > "
		    "%lld",
		    (long long)soft, (long long)hard);
	return 0;
}

int
opts_ulimit(const char *text, char **name, int64_t *soft, int64_t *hard, struct err *err)
{
	static const char *const known[] = {"core", "cpu", "data", "fsize", "locks",
	    "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime",
	    "sigpending", "stack"};
	const char *eq = strchr(text, '=');
	cleanup_vec struct vec values = VEC_INIT;
	size_t i = 0;

	if (eq == NULL)
		return err_set(err, ERR_INPUT, "invalid ulimit argument: %s", text);
	cleanup_free char *type = xstrndup(text, (size_t)(eq - text));
	while (i < ARRAY_LEN(known) && !str_eq(known[i], type))
		i++;
	if (i == ARRAY_LEN(known))
		return err_set(err, ERR_INPUT, "invalid ulimit type: %s", type);
	vec_split(&values, eq + 1, ":");
	if (values.len > 2)
		return err_set(err, ERR_INPUT,
		    "too many limit value arguments - %s, can only have up to two, "
		    "`soft[:hard]`",
		    eq + 1);
	if (values.len == 0)
		return opts_integer("", soft, err);
	if ((values.len == 2 && opts_integer(values.v[1], hard, err) < 0) ||
	    opts_integer(values.v[0], soft, err) < 0)
		return -1;
	if (values.len == 1)
		*hard = *soft;
	*name = take_ptr(type);
	return check_limits(*soft, *hard, err);
}

int
opts_check_ulimit(const char *text, struct err *err)
{
	cleanup_free char *name = NULL;
	int64_t soft, hard;

	return opts_ulimit(text, &name, &soft, &hard, err);
}
