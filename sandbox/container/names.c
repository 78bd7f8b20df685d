/*
 * names.c - a name for a container that was given none: how it feels, and who
 */
#include "sandbox/container/private.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

static const char *const moods[] = {"able", "agile", "amber", "bold", "brave", "breezy",
    "bright", "brisk", "busy", "calm", "candid", "careful", "cheerful", "clever", "cosy",
    "crisp", "curious", "daring", "deft", "eager", "earnest", "fair", "fearless", "fleet",
    "fond", "frank", "gentle", "glad", "golden", "graceful", "handy", "happy", "hardy",
    "honest", "humble", "jolly", "keen", "kind", "lively", "loyal", "lucid", "lucky",
    "mellow", "merry", "mighty", "modest", "neat", "nimble", "noble", "patient", "placid",
    "plucky", "polite", "proud", "quick", "quiet", "ready", "serene", "sharp", "silent",
    "simple", "sleek", "smart", "snug", "solid", "spry", "steady", "sturdy", "sunny",
    "swift", "tidy", "trusty", "upbeat", "vivid", "warm", "wise", "witty", "young",
    "zealous", "zesty"};

static const char *const people[] = {"abel", "agnesi", "ampere", "archimedes", "babbage",
    "bassi", "bernoulli", "blackburn", "bohr", "boole", "brahe", "cantor", "carson",
    "cauchy", "celsius", "church", "copernicus", "cori", "curie", "darwin", "descartes",
    "dijkstra", "dirac", "einstein", "elion", "erdos", "euclid", "euler", "faraday",
    "fermat", "fermi", "feynman", "fibonacci", "fourier", "franklin", "galileo", "galois",
    "gauss", "germain", "goodall", "hamilton", "hamming", "hertz", "hilbert", "hopper",
    "huygens", "hypatia", "joule", "kepler", "knuth", "kovalevskaya", "lamarr", "laplace",
    "leavitt", "leibniz", "liskov", "lovelace", "maxwell", "mayer", "meitner", "mendel",
    "mirzakhani", "napier", "nash", "newton", "nightingale", "noether", "ohm", "pascal",
    "pasteur", "payne", "planck", "poincare", "ramanujan", "riemann", "ritchie", "sagan",
    "shannon", "somerville", "tesla", "thompson", "turing", "volta", "watt", "wilson",
    "wing", "wu", "yalow"};

bool
container_name_ok(const char *name)
{
	if (!isalnum((unsigned char)name[0]) || name[1] == '\0')
		return false;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && strchr("_.-", *name) == NULL)
			return false;
	return true;
}

char *
container_invent_name(int names_dir)
{
	for (int attempt = 0;; attempt++) {
		unsigned dice[3];
		char *name;

		if (getrandom(dice, sizeof dice, 0) != sizeof dice)
			_exit(125);
		name = xasprintf("%s_%s", moods[dice[0] % ARRAY_LEN(moods)],
		    people[dice[1] % ARRAY_LEN(people)]);
		if (attempt > 0) {
			char *longer = xasprintf(
			    "%s%u", name, dice[2] % (attempt < 6 ? 10 : 1000000));
			free(name);
			name = longer;
		}
		if (faccessat(names_dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			return name;
		free(name);
	}
}

static int
in_use(const char *name, const char *by, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
	    "Conflict. The container name \"/%s\" is already in use by container \"%s\". "
	    "You "
	    "have to remove (or rename) that container to be able to reuse that name.",
	    name, by);
}

int
container_take_name(struct session *s, const char *name, const char *id, struct err *err)
{
	int names = session_names_dir(s);

	if (!container_name_ok(name))
		return err_set(err, ERR_INPUT,
		    "Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are "
		    "allowed",
		    name);
	for (int attempt = 0; attempt < 3; attempt++) {
		/* A link's text is the id: made in one call, so nobody sees half a name.
		 */
		if (symlinkat(id, names, name) == 0)
			return 0;
		if (errno != EEXIST)
			return err_sys(err, "cannot take the name '%s'", name);
		char by[65] = "";
		ssize_t n = readlinkat(names, name, by, sizeof by - 1);
		if (n == 64 && faccessat(session_containers_dir(s), by, F_OK,
				   AT_SYMLINK_NOFOLLOW) == 0)
			return in_use(name, by, err);
		unlinkat(names, name, 0); /* left by something that was killed */
	}
	return err_set(err, ERR_CONFLICT, "cannot take the name '%s'", name);
}
