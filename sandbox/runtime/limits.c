/*
 * limits.c - what a process of the container may use, and its namespaces' parameters
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int
step_limits(struct plan *p, const struct step *step, struct err *err)
{
	char text[16];

	(void)step;
	snprintf(text, sizeof text, "%d", p->spec->oom_score_adj);
	if (p->spec->oom_score_adj != 0) {
		cleanup_fd int fd =
		    open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

		/* less than our own is for the machine's root alone, as for rootless
		 * Docker, which goes on as well */
		if (fd < 0 || (write(fd, text, strlen(text)) < 0 && errno != EACCES))
			return err_sys(err, "cannot set the OOM score");
	}
	for (size_t i = 0; i < p->spec->nlimits; i++) {
		const struct runtime_limit *l = &p->spec->limits[i];
		struct rlimit r = {.rlim_cur = l->soft, .rlim_max = l->hard};

		if (setrlimit((__rlimit_resource_t)l->resource, &r) < 0)
			return err_set(err, ERR_SYS, "error setting rlimit type %d: %s",
			    l->resource,
			    errno == EPERM ? "operation not permitted"
					   : "invalid argument");
	}
	return 0;
}

/* "net.ipv4.ip_forward=1", below the new /proc while it can still be written. */
int
step_sysctl(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_free char *path = xasprintf("proc/sys/%s", step->target);
	char *eq = strchr(path, '=');

	if (eq == NULL)
		return 0;
	*eq = '\0';
	for (char *c = path; *c != '\0'; c++)
		if (*c == '.')
			*c = '/';
	cleanup_fd int fd = fd_open_in(p->root, path, O_WRONLY, 0);
	if (fd < 0 || write(fd, eq + 1, strlen(eq + 1)) < 0)
		return err_set(err, errno == ENOENT ? ERR_EXEC_MISSING : ERR_SYS,
		    "open sysctl %s file: open /%s: %s", path + strlen("proc/sys/"), path,
		    errno == ENOENT   ? "no such file or directory"
		    : errno == EINVAL ? "invalid argument"
				      : "permission denied");
	return 0;
}
