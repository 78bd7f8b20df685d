/*
 * doctor.c - the command line
 */
#include "src/doctor/doctor.h"
#include "sandbox/sandbox.h"
#include <stdio.h>

static int
usage(FILE *out)
{
	fprintf(out, "Usage:  drydock doctor --store [--repair]\n\n"
		     "Read everything that is stored here and say what is damaged\n\n"
		     "Options:\n"
		     "      --store    Check every blob, layer and record of the store\n"
		     "      --repair   Make again what is damaged, or take it out\n");
	return out == stdout ? 0 : 2;
}

static void
say(void *user, const char *text)
{
	(void)user;
	printf("  ✗ %s\n", text);
	fflush(stdout);
}

static int
check_store(bool repair)
{
	cleanup_store struct store *store = NULL;
	struct store_check c = {.say = say, .repair = repair};
	struct err err = ERR_INIT;

	if (store_open(NULL, &store, &err) < 0 || store_check(store, &c, &err) < 0) {
		fprintf(stderr, "drydock: %s\n", err.text);
		return 1;
	}
	printf("%s: %zu blobs, %zu layers, %zu records: ", store_home(store), c.blobs,
	    c.layers, c.records);
	if (c.damaged == 0)
		printf("all is well\n");
	else if (c.left == 0)
		printf("%zu damaged, all repaired or taken out\n", c.damaged);
	else
		printf("%zu damaged%s\n", c.damaged,
		    repair ? "" : "; `drydock doctor --store --repair` does what it can");
	return c.left > 0;
}

int
doctor_main(int argc, char **argv)
{
	bool store = false, repair = false;

	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--store"))
			store = true;
		else if (str_eq(argv[i], "--repair"))
			repair = true;
		else if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h"))
			return usage(stdout);
		else {
			fprintf(
			    stderr, "drydock doctor: unknown argument: %s\n\n", argv[i]);
			return usage(stderr);
		}
	}
	return store ? check_store(repair) : usage(stderr);
}
