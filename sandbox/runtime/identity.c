/*
 * identity.c - who the container is: its name, address, user, and what it may do
 */
#include "sandbox/base/netlink.h"
#include "sandbox/runtime/plan.h"
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
step_hostname(struct plan *p, const struct step *step, struct err *err)
{
	if (step->target != NULL && sethostname(step->target, strlen(step->target)) < 0)
		return err_sys(err, "cannot set the host name '%s'", step->target);
	if (p->spec->domainname != NULL &&
	    setdomainname(p->spec->domainname, strlen(p->spec->domainname)) < 0)
		return err_sys(
		    err, "cannot set the domain name '%s'", p->spec->domainname);
	return 0;
}

/* Waits for the parent's word, which also means that eth0 has come and is set up. */
int
step_network(struct plan *p, const struct step *step, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = -1;
	char byte;

	(void)step;
	if (fd_read_all(p->sync, &byte, 1) < 0)
		return err_set(err, ERR_SYS, "the monitor has gone");
	if (p->spec->net != RUNTIME_NET_NONE)
		return 0;
	nl = netlink_open();
	if (nl < 0)
		return err_sys(err, "cannot open a netlink socket");
	netlink_up(&b, 1);
	return netlink_send(nl, &b, "cannot set up the network", err);
}

void
user_give_streams(const struct plan *p)
{
	const int fds[] = {p->spec->in, p->spec->out, p->spec->errfd, p->console};
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (fds[i] >= 0 && fstat(fds[i], &st) == 0 &&
		    (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
			(void)!fchown(fds[i], p->uid, (gid_t)-1);
}

int
step_user(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (user_find(p, root, step->target != NULL ? step->target : "", err) < 0)
		return -1;
	user_give_streams(p);
	return 0;
}

/* Who the supervisor takes this process for, and all that come from it. */
static struct ids
first_ids(const struct plan *p)
{
	struct ids ids = {.ngroups = (uint32_t)p->ngroups, .lacks = ~p->rights->caps};

	for (int i = 0; i < IDS_KINDS; i++) {
		ids.user[i] = p->uid;
		ids.group[i] = p->gid;
	}
	memcpy(ids.groups, p->groups, p->ngroups * sizeof ids.groups[0]);
	ids_sort_groups(&ids);
	return ids;
}

int
step_filter(struct plan *p, const struct step *step, struct err *err)
{
	struct ids ids = first_ids(p);
	bool more = p->holder->map == IDMAP_ONE ? p->uid != 0 : p->told;
	int fd;

	(void)step;
	/* The supervisor comes by way of us; by now only our streams are open. */
	if (p->spec->pids != NULL && p->holder->map == IDMAP_ONE)
		prctl(PR_SET_DUMPABLE, 1);
	if (seccomp_load(p->holder->map, p->rights, more, &fd, err) < 0)
		return -1;
	cleanup_fd int listener = fd;
	return fd < 0 ? 0 : supervisor_hand(p->ids, listener, &ids, err);
}

static int
become_user(struct plan *p, struct err *err)
{
	if (p->holder->ids == 1)
		return 0; /* there already, or so it is told */
	if (setgroups(p->ngroups, p->groups) < 0 ||
	    setresgid(p->gid, p->gid, p->gid) < 0 ||
	    setresuid(p->uid, p->uid, p->uid) < 0)
		return err_sys(err, "cannot become user %u", p->uid);
	return 0;
}

int
step_capabilities(struct plan *p, const struct step *step, struct err *err)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2] = {{0}};
	uint64_t mask = p->rights->caps;

	(void)step;
	for (unsigned long c = 0; c <= CAP_LAST_CAP; c++)
		if ((mask >> c & 1) == 0)
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	if (become_user(p, err) < 0)
		return -1;
	if (p->uid != 0) {
		mask = 0; /* as exec would do */
		/* for the kernel we may still be 0: exec must not give it all back */
		if (p->holder->ids == 1)
			prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0,
			    0, 0);
	}
	d[0].effective = d[0].permitted = (unsigned)mask;
	d[1].effective = d[1].permitted = (unsigned)(mask >> 32);
	if (syscall(SYS_capset, &h, d) < 0)
		return err_sys(err, "cannot drop capabilities");
	return 0;
}

int
step_self(struct plan *p, const struct step *step, struct err *err)
{
	(void)step;
	if (p->spec->use != NULL && limits_self(p->spec->use, p->spec->use_held) < 0)
		return err_sys(err, "cannot limit the container");
	return 0;
}
