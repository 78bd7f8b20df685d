/*
 * log_options.c - what --log-driver and --log-opt mean for a container's log
 *
 * Facts: moby, daemon/logger/jsonfilelog.  The driver "local" keeps the same file with
 * its own limits; "none" keeps nothing.
 */
#include "sandbox/container/private.h"
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

enum { LOCAL_FILES = 5 };
#define LOCAL_SIZE 20000000

/* "10m" as people say it: thousands. */
static int
parse_size(const char *text, int64_t *ret, struct err *err)
{
	static const char units[] = "kmgtp";
	char *end;
	double n = strtod(text, &end);
	const char *unit =
	    *end != '\0' ? strchr(units, tolower((unsigned char)*end)) : NULL;

	if (end == text || n < 0)
		return err_set(err, ERR_INPUT, "invalid size: '%s'", text);
	if (unit != NULL) {
		for (const char *u = units; u <= unit; u++)
			n *= 1000;
		end++;
	}
	if (*end != '\0' && strcasecmp(end, "b") != 0 && strcasecmp(end, "ib") != 0)
		return err_set(err, ERR_INPUT, "invalid suffix: '%s'", end);
	*ret = (int64_t)n;
	return *ret > 0 ? 0
			: err_set(err, ERR_INPUT, "max-size must be a positive number");
}

static int
parse_files(const char *text, unsigned *ret, struct err *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end != '\0')
		return err_set(
		    err, ERR_INPUT, "strconv.Atoi: parsing \"%s\": invalid syntax", text);
	if (n < 1)
		return err_set(err, ERR_INPUT, "max-file cannot be less than 1");
	*ret = n > 1000 ? 1000 : (unsigned)n;
	return 0;
}

int
log_options_parse(
    const struct container_config *c, struct log_options *ret, struct err *err)
{
	const char *driver = c->log_driver != NULL ? c->log_driver : "json-file";
	const char *size = vec_env_get(&c->log_opts, "max-size");
	const char *files = vec_env_get(&c->log_opts, "max-file");
	const char *compress = vec_env_get(&c->log_opts, "compress");
	bool local = str_eq(driver, "local");

	*ret = (struct log_options){.none = str_eq(driver, "none"),
	    .max_size = local ? LOCAL_SIZE : 0,
	    .max_file = local ? LOCAL_FILES : 1};
	if ((size != NULL && parse_size(size, &ret->max_size, err) < 0) ||
	    (files != NULL && parse_files(files, &ret->max_file, err) < 0))
		return err_while(err, "failed to create task for container: failed to "
				      "initialize logging driver");
	if (compress != NULL && str_eq(compress, "true") && !local &&
	    (ret->max_file == 1 || ret->max_size == 0))
		return err_set(err, ERR_INPUT,
		    "failed to create task for container: failed to initialize logging "
		    "driver: compress cannot be true when max-file is less than 2 or "
		    "max-size is not set");
	return 0;
}

void
log_file_name(unsigned age, char out[24])
{
	if (age == 0)
		snprintf(out, 24, "log.json");
	else
		snprintf(out, 24, "log.json.%u", age);
}
