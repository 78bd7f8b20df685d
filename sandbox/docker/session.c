/*
 * session.c - drydock session: the worlds of this DRYDOCK_HOME
 *
 * Not a docker command: Docker has one world.  Here, because it prints.
 */
#include "sandbox/docker/command.h"
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static const char usage[] = "Usage:  drydock session list\n"
			    "        drydock session new NAME\n"
			    "        drydock session rm NAME...\n"
			    "        drydock session exec NAME -- COMMAND [ARG...]\n";

static int
list(struct store *store, char **args, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	(void)args;
	if (session_list(store, &names, err) < 0)
		return -1;
	vec_sort(&names);
	for (size_t i = 0; i < names.len; i++)
		printf("%s\n", names.v[i]);
	return 0;
}

static bool
exists(struct store *store, const char *name, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;

	return session_list(store, &names, err) == 0 && vec_has(&names, name);
}

static int new (struct store *store, char **args, struct err *err)
{
	cleanup_session struct session *s = NULL;

	if (exists(store, args[0], err))
		return err_set(
		    err, ERR_CONFLICT, "the session '%s' is there already", args[0]);
	return session_open(store, args[0], &s, err);
}

/* Ends its containers, then removes it. */
static int
remove_one(struct store *store, const char *name, struct err *err)
{
	cleanup_session struct session *s = NULL;
	cleanup_vec struct vec ids = VEC_INIT;

	if (!exists(store, name, err))
		return err_set(err, ERR_NOT_FOUND, "no such session: %s", name);
	if (session_open(store, name, &s, err) < 0 || container_list(s, &ids, err) < 0)
		return -1;
	for (size_t i = 0; i < ids.len; i++)
		if (container_remove(s, ids.v[i], true, err) < 0)
			return -1;
	container_networks_leave(s);
	session_free(take_ptr(s));
	return session_remove(store, name, err);
}

static int
rm(struct store *store, char **args, struct err *err)
{
	for (; *args != NULL; args++)
		if (remove_one(store, *args, err) < 0)
			return -1;
	return 0;
}

/* Into the network that the session's commands call localhost, if it has its own. */
static int
enter_outer(struct store *store, struct session *s, struct err *err)
{
	cleanup_fd int net = session_outer_netns(s);
	struct holder *h;

	if (net < 0)
		return 0;
	h = store_holder(store, err);
	if (h == NULL || holder_enter(h, false, err) < 0)
		return -1;
	return setns(net, CLONE_NEWNET) < 0 ? err_sys(err, "cannot enter the network")
					    : 0;
}

static int
exec(struct store *store, char **args, struct err *err)
{
	cleanup_session struct session *s = NULL;
	char **argv = args + (args[1] != NULL && str_eq(args[1], "--") ? 2 : 1);

	if (argv[0] == NULL)
		return err_set(err, ERR_INPUT, "a command is missing\n%s", usage);
	if (!exists(store, args[0], err))
		return err_set(err, ERR_NOT_FOUND, "no such session: %s", args[0]);
	if (session_open(store, args[0], &s, err) < 0 || enter_outer(store, s, err) < 0)
		return -1;
	setenv("DRYDOCK_SESSION", args[0], 1);
	execvp(argv[0], argv);
	return err_sys(err, "cannot run '%s'", argv[0]);
}

static const struct {
	const char *name;
	int (*run)(struct store *store, char **args, struct err *err);
	int min;
} words[] = {{"list", list, 0}, {"ls", list, 0}, {"new", new, 1}, {"rm", rm, 1},
    {"exec", exec, 2}};

int
docker_session_main(int argc, char **argv)
{
	cleanup_store struct store *store = NULL;
	struct err err = ERR_INIT;

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(words); i++) {
		if (!str_eq(argv[1], words[i].name) || argc - 2 < words[i].min)
			continue;
		if (store_open(NULL, &store, &err) == 0 &&
		    words[i].run(store, argv + 2, &err) == 0)
			return 0;
		fprintf(stderr, "drydock session: %s\n", err.text);
		return 1;
	}
	fputs(usage, stderr);
	return 2;
}
