/*
 * health.c - HEALTHCHECK's flags and its kind of test
 */
#include "sandbox/dockerfile/private.h"

static int
health_time(const struct df_node *n, const char *flag, long long *ret, struct err *err)
{
	const char *value = dockerfile_flag(&n->in, flag);

	if (value == NULL || *value == '\0')
		return 0;
	if (dockerfile_duration(value, ret, err) < 0)
		return -1;
	if (*ret != 0 && *ret < 1000000)
		return df_err_quoted(err, "Interval ", flag, " cannot be less than 1ms");
	return 0;
}

static int
health_retries(const struct df_node *n, int *ret, struct err *err)
{
	const char *value = dockerfile_flag(&n->in, "retries");
	bool negative;
	uint64_t number;

	if (value == NULL || *value == '\0')
		return 0;
	negative = *value == '-';
	if (!str_to_u64(value + negative, INT32_MAX, &number))
		return df_err_quoted(
		    err, "strconv.ParseInt: parsing ", value, ": invalid syntax");
	if (negative && number > 0)
		return err_set(
		    err, ERR_INPUT, "--retries cannot be negative (%s)", value);
	*ret = (int)number;
	return 0;
}

/* Docker's list: the kind of test, then the words. */
static void
health_test(struct dockerfile *df, struct df_node *n, const char *kind)
{
	size_t count = 0;
	char **test = df_push(df->arena, NULL, &count, sizeof *test);

	test[0] = df_dup(df->arena, kind, strlen(kind));
	for (size_t i = 0; i < n->in.n_args; i++) {
		test = df_push(df->arena, test, &count, sizeof *test);
		test[count - 1] = n->in.args[i];
	}
	n->in.health.test = test;
}

int
df_check_health(struct dockerfile *df, struct df_node *n, struct err *err)
{
	struct dockerfile_health *h = &n->in.health;
	char *upper = df_dup(df->arena, n->first, strlen(n->first));

	for (char *p = upper; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p -= 32;
	if (str_eq(upper, "NONE")) {
		if (n->in.n_args > 0)
			return err_set(
			    err, ERR_INPUT, "HEALTHCHECK NONE takes no arguments");
		health_test(df, n, "NONE");
		return 0;
	}
	if (!str_eq(upper, "CMD"))
		return df_err_quoted(
		    err, "Unknown type ", upper, " in HEALTHCHECK (try CMD)");
	if (n->in.n_args == 0)
		return err_set(err, ERR_INPUT, "Missing command after HEALTHCHECK CMD");
	health_test(df, n, n->in.is_json ? "CMD" : "CMD-SHELL");
	if (health_time(n, "interval", &h->interval, err) < 0 ||
	    health_time(n, "timeout", &h->timeout, err) < 0 ||
	    health_time(n, "start-period", &h->start_period, err) < 0 ||
	    health_time(n, "start-interval", &h->start_interval, err) < 0)
		return -1;
	return health_retries(n, &h->retries, err);
}
