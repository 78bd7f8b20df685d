/*
 * plan.c - which steps a start takes, in which order
 *
 * The order is the kernel's: a fresh /proc before anything of the host's is covered,
 * masks before pivot_root, the filter while CAP_SYS_ADMIN is still held (no
 * no_new_privs, as Docker), ids after it, exec last.
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <unistd.h>

/* Docker's lists (moby's defaults); what a kernel does not have is skipped. */
static const char *const hidden_files[] = {"proc/interrupts", "proc/kcore", "proc/keys",
    "proc/latency_stats", "proc/sched_debug", "proc/timer_list", "proc/timer_stats"};
static const char *const hidden_folders[] = {"proc/acpi", "proc/asound", "proc/scsi",
    "sys/firmware", "sys/devices/virtual/powercap"};
static const char *const readonly_paths[] = {
    "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};

static const struct runtime_rights usual = {.caps = RUNTIME_CAPS};

static const struct {
	const char *name, *meaning;
	step_fn *run;
} rows[STEP_KINDS] = {
    [STEP_OVERLAY] = {"overlay", "stack the image's layers, a writable one on top",
	step_overlay},
    [STEP_PROC] = {"proc", "a /proc that shows this container's processes only",
	step_proc},
    [STEP_SYS] = {"sys", "/sys, read-only", step_sys},
    [STEP_DEV] = {"dev", "a fresh /dev: null zero full random urandom tty, pts, shm",
	step_dev},
    [STEP_CONSOLE] = {"console", "a terminal of the container's own", step_console},
    [STEP_BIND] = {"bind", "show a file or folder from outside", step_bind},
    [STEP_TMPFS] = {"tmpfs", "a folder in memory", step_tmpfs},
    [STEP_SYSCTL] = {"sysctl", "set a parameter of its own namespaces", step_sysctl},
    [STEP_HIDE_FILE] = {"mask", "cover a file with /dev/null", step_hide_file},
    [STEP_HIDE_FOLDER] = {"mask", "cover a folder with an empty one", step_hide_folder},
    [STEP_READONLY] = {"read-only", "forbid writing", step_readonly},
    [STEP_READONLY_ROOT] = {"read-only", "forbid writing to the root",
	step_readonly_root},
    [STEP_PIVOT] = {"pivot_root", "make it the root; let go of the host's", step_pivot},
    [STEP_HOSTNAME] = {"hostname", "name the machine", step_hostname},
    [STEP_NETWORK] = {"network", "lo and eth0", step_network},
    [STEP_USER] = {"user", "find the user in /etc/passwd", step_user},
    [STEP_FOLDER] = {"chdir", "enter the working directory", step_folder},
    [STEP_FILTER] = {"seccomp", "allow only the system calls of the profile",
	step_filter},
    [STEP_CAPABILITIES] = {"capabilities",
	"keep Docker's, or what was asked for; become the user", step_capabilities},
    [STEP_LIMITS] = {"limits", "what a process of its may use", step_limits},
    [STEP_SELF] = {"limits", "what no control group holds, for itself", step_self},
    [STEP_LIFELINE] = {"lifeline", "end when the monitor ends", step_lifeline},
    [STEP_EXEC] = {"exec", "become the program", step_exec},
};

static void
add(struct plan *p, enum step_kind kind, const char *target,
    const struct runtime_mount *m)
{
	p->steps[p->len++] = (struct step){kind, target, m};
}

static void
add_all(struct plan *p, enum step_kind kind, const char *const *targets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(p, kind, targets[i], NULL);
}

static void
add_mounts(struct plan *p, const struct runtime_spec *spec)
{
	for (size_t i = 0; i < spec->nmounts; i++) {
		const struct runtime_mount *m = &spec->mounts[i];

		add(p, m->kind == MOUNT_BIND ? STEP_BIND : STEP_TMPFS, m->target, m);
	}
}

static void
add_masks(struct plan *p)
{
	if (p->rights->open_paths)
		return;
	add_all(p, STEP_HIDE_FILE, hidden_files, ARRAY_LEN(hidden_files));
	add_all(p, STEP_HIDE_FOLDER, hidden_folders, ARRAY_LEN(hidden_folders));
	add_all(p, STEP_READONLY, readonly_paths, ARRAY_LEN(readonly_paths));
}

/* With many ids an empty file stands for a device as well (call_device.c), but all else
 * is the kernel's: a container pays for stat's answers only where such files are or are
 * about to be.  What is made elsewhere is told from the next start on. */
static bool
meets_devices(const struct runtime_spec *s)
{
	static const char *const words[] = {"mknod", "MAKEDEV", "debootstrap"};

	if (s->tty || faccessat(s->dir, "owners", F_OK, 0) == 0)
		return true;
	for (size_t i = 0; i < s->nlowers; i++) {
		cleanup_free char *side = xasprintf("%s.side", s->lowers[i]);

		if (faccessat(s->lowers_at, side, F_OK, 0) == 0)
			return true;
	}
	for (size_t i = 0; s->argv[i] != NULL; i++)
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			if (strstr(s->argv[i], words[k]) != NULL)
				return true;
	return false;
}

int
plan_make(struct plan *p, const struct holder *h, const struct runtime_spec *spec,
    struct err *err)
{
	memset(p, 0, sizeof *p);
	p->holder = h;
	p->spec = spec;
	p->rights = spec->rights != NULL ? spec->rights : &usual;
	p->root = p->sync = p->ids = p->console = p->shm = p->mqueue = -1;
	p->parents[0] = p->parents[1] = -1;
	p->told = h != NULL && h->map == IDMAP_RANGE && meets_devices(spec);
	size_t nsysctls = 0;
	while (spec->sysctls != NULL && spec->sysctls[nsysctls] != NULL)
		nsysctls++;
	if (spec->nmounts + nsysctls > PLAN_MAX - 40)
		return err_set(err, ERR_LIMIT, "%zu mounts are too many", spec->nmounts);
	add(p, STEP_OVERLAY, "/", NULL);
	add(p, STEP_PROC, "/proc", NULL);
	add(p, STEP_SYS, "/sys", NULL);
	add(p, STEP_DEV, "/dev", NULL);
	if (spec->tty)
		add(p, STEP_CONSOLE, "/dev/console", NULL);
	add_mounts(p, spec);
	for (size_t i = 0; spec->sysctls != NULL && spec->sysctls[i] != NULL; i++)
		add(p, STEP_SYSCTL, spec->sysctls[i], NULL);
	add_masks(p);
	add(p, STEP_PIVOT, "/", NULL);
	if (!spec->host_uts)
		add(p, STEP_HOSTNAME, spec->hostname, NULL);
	add(p, STEP_NETWORK, NULL, NULL);
	add(p, STEP_USER, spec->user, NULL);
	add(p, STEP_FOLDER, spec->cwd ? spec->cwd : "/", NULL);
	if (spec->readonly_root)
		add(p, STEP_READONLY_ROOT, "/", NULL);
	add(p, STEP_FILTER, NULL, NULL);
	add(p, STEP_CAPABILITIES, NULL, NULL);
	if (spec->use != NULL)
		add(p, STEP_SELF, NULL, NULL);
	if (spec->nlimits > 0 || spec->oom_score_adj != 0)
		add(p, STEP_LIMITS, NULL, NULL);
	add(p, STEP_LIFELINE, NULL, NULL);
	add(p, STEP_EXEC, spec->argv[0], NULL);
	return 0;
}

int
plan_run(struct plan *p, struct err *err)
{
	for (size_t i = 0; i < p->len; i++)
		if (rows[p->steps[i].kind].run(p, &p->steps[i], err) < 0)
			return -1;
	return err_set(err, ERR_SYS, "the plan ended without a program");
}

void
runtime_explain(const struct runtime_spec *spec, struct buf *out)
{
	struct plan p;

	if (plan_make(&p, NULL, spec, NULL) < 0)
		return;
	for (size_t i = 0; i < p.len; i++) {
		const struct step *s = &p.steps[i];

		buf_addf(out, "%2zu  %-12s %-28s %s\n", i + 1, rows[s->kind].name,
		    s->target != NULL && *s->target ? s->target : "-",
		    rows[s->kind].meaning);
	}
}
