/* The annealing walk of annealer.py, compiled: one move after the other on the arrays of grid.py.
 *
 * Works in place on memory that numpy owns; native.py fills `struct walk` and must name its fields in the same
 * order. Allocates nothing, keeps nothing between calls, reads and writes no file. Rows are counted as in grid.py:
 * session `nobody` stands wherever no session does.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

struct walk {
    /* sizes */
    int64_t nobody, slots, rooms, planned_days, movable_count, units, pattern_count, patterns_a_session, masks_a_day;
    int64_t is_limited;
    /* weights, and where the walk is */
    int64_t spread, room_stability, own_cost, clashes;
    double fairness, clash_price, unfairness, best_cost;
    uint64_t random;
    /* what does not change: sessions, where they may go, what it costs */
    const int64_t *movable, *first;
    const int32_t *width, *choices;
    const uint8_t *allowed;
    const int16_t *clash;
    const int32_t *clash_first, *clash_list;
    const int64_t *day_of;
    const int32_t *slot_cost, *room_cost;
    const int32_t *cell_row, *cell_cost;
    const int64_t *activity;
    const int32_t *min_days, *takes, *limit;
    const int8_t *outside;
    const int16_t *draws;
    const double *fair_total;
    const int64_t *pattern_of, *pattern_table_at;
    const uint8_t *pattern_member;
    const int32_t *pattern_weight, *pattern_bit, *pattern_table;
    const int64_t *present;
    const int32_t *moved_cost;
    /* the state */
    int64_t *cell, *occupant;
    int16_t *clashing, *day_count, *room_count;
    int32_t *days_used, *load;
    double *fair_missed;
    int16_t *pattern_used;
    int32_t *pattern_mask;
    int64_t *best_cell;
};

static uint64_t draw(struct walk *w) /* splitmix64 */
{
    uint64_t z = (w->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t below(uint32_t number, int64_t bound)
{
    return (int64_t)(((uint64_t)number * (uint64_t)bound) >> 32);
}

/* Half of the proposals go anywhere, a quarter to another slot in the same room, a quarter to another room. */
static int64_t propose(struct walk *w, int64_t *cell)
{
    uint64_t first = draw(w), second = draw(w);
    int64_t session = w->movable[below((uint32_t)first, w->movable_count)];
    int64_t origin = w->cell[session];
    *cell = w->choices[w->first[session] + below((uint32_t)(first >> 32), w->width[session])];
    if ((second & 3) == 0)
        *cell += origin % w->rooms - *cell % w->rooms;
    else if ((second & 3) == 1)
        *cell += (origin / w->rooms - *cell / w->rooms) * w->rooms;
    return session;
}

/* What a repair pays when `s` goes from `origin` to `cell`: the cell where it stands today is free. */
static int64_t moved_delta(const struct walk *w, int64_t s, int64_t origin, int64_t cell)
{
    return w->moved_cost[s] * ((cell != w->present[s]) - (origin != w->present[s]));
}

/* What may be lost in that slot and that room only; row 0 is free. */
static int64_t cell_delta(const struct walk *w, int64_t s, int64_t origin, int64_t cell)
{
    const int32_t *cost = w->cell_cost + (int64_t)w->cell_row[s] * w->slots * w->rooms;
    return w->cell_row[s] ? cost[cell] - cost[origin] : 0;
}

static int64_t activity_delta(const struct walk *w, int64_t s, int64_t here, int64_t there, int64_t old, int64_t new)
{
    int64_t activity = w->activity[s], delta = 0;
    int64_t day = w->day_of[here], next = w->day_of[there];
    if (day != next && w->min_days[activity] > 1) {
        const int16_t *count = w->day_count + activity * w->planned_days;
        int64_t lacking = w->min_days[activity] - w->days_used[activity];
        int64_t after = lacking + (count[day] == 1) - (count[next] == 0);
        delta += w->spread * ((after > 0 ? after : 0) - (lacking > 0 ? lacking : 0));
    }
    if (old != new) {
        const int16_t *count = w->room_count + activity * w->rooms;
        delta += w->room_stability * ((count[new] == 0) - (count[old] == 1));
    }
    return delta;
}

/* Patterns of `s` when it goes from here to there and `other` comes back; shared patterns stay as they are. */
static int64_t pattern_delta(const struct walk *w, int64_t s, int64_t other, int64_t here, int64_t there)
{
    const int64_t *mine = w->pattern_of + s * w->patterns_a_session;
    const uint8_t *shared = w->pattern_member + other * (w->pattern_count + 1);
    int64_t day = w->day_of[here], next = w->day_of[there], delta = 0;
    int64_t span = w->masks_a_day;
    int32_t leaving = w->pattern_bit[here], arriving = w->pattern_bit[there];
    for (int64_t k = 0; k < w->patterns_a_session && mine[k] < w->pattern_count; k++) {
        int64_t p = mine[k];
        if (shared[p])
            continue;
        const int32_t *mask = w->pattern_mask + p * w->planned_days;
        const int32_t *table = w->pattern_table + w->pattern_table_at[p];
        int32_t left = w->pattern_used[p * w->slots + here] == 1 ? mask[day] & ~leaving : mask[day];
        int64_t change;
        if (day == next)
            change = table[day * span + (left | arriving)] - table[day * span + mask[day]];
        else
            change = table[day * span + left] - table[day * span + mask[day]]
                   + table[next * span + (mask[next] | arriving)] - table[next * span + mask[next]];
        delta += change * w->pattern_weight[p];
    }
    return delta;
}

/* Unfairness when `s` goes from here to there and `other` comes back; without rounding. */
static double unfairness_after(const struct walk *w, int64_t s, int64_t other, int64_t here, int64_t there)
{
    int64_t mine = w->outside[s * w->slots + there] - w->outside[s * w->slots + here];
    int64_t theirs = w->outside[other * w->slots + here] - w->outside[other * w->slots + there];
    double missed = 0, total = 0, excess = 0;
    if (!mine && !theirs)
        return w->unfairness;
    const int16_t *draws = w->draws + s * w->units, *other_draws = w->draws + other * w->units;
    for (int64_t u = 0; u < w->units; u++) {
        missed += w->fair_missed[u] + (double)(mine * draws[u] + theirs * other_draws[u]);
        total += w->fair_total[u];
    }
    double mean = 100 * missed / total;
    for (int64_t u = 0; u < w->units; u++) {
        double own = w->fair_missed[u] + (double)(mine * draws[u] + theirs * other_draws[u]);
        double above = 100 * own / (w->fair_total[u] > 1 ? w->fair_total[u] : 1) - mean;
        excess += above > 0 ? above : 0;
    }
    return w->fairness * excess / 10;
}

static int is_within_limits(const struct walk *w, int64_t s, int64_t other, int64_t here, int64_t there)
{
    for (int64_t kind = 0; kind < 2; kind++) {
        const int32_t *takes = w->takes + kind * (w->nobody + 1), *load = w->load + kind * w->slots;
        const int32_t *limit = w->limit + kind * w->slots;
        int32_t more = takes[s] - takes[other];
        if (load[there] + more > limit[there] || load[here] - more > limit[here])
            return 0;
    }
    return 1;
}

static void move_activity(struct walk *w, int64_t s, int64_t origin, int64_t cell)
{
    int64_t activity = w->activity[s];
    int64_t day = w->day_of[origin / w->rooms], next = w->day_of[cell / w->rooms];
    int16_t *count = w->day_count + activity * w->planned_days;
    w->room_count[activity * w->rooms + origin % w->rooms] -= 1;
    w->room_count[activity * w->rooms + cell % w->rooms] += 1;
    w->days_used[activity] -= --count[day] == 0;
    w->days_used[activity] += count[next]++ == 0;
}

static void move_patterns(struct walk *w, int64_t s, int64_t here, int64_t there)
{
    const int64_t *mine = w->pattern_of + s * w->patterns_a_session;
    for (int64_t k = 0; k < w->patterns_a_session && mine[k] < w->pattern_count; k++) {
        int16_t *used = w->pattern_used + mine[k] * w->slots;
        int32_t *mask = w->pattern_mask + mine[k] * w->planned_days;
        if (--used[here] == 0)
            mask[w->day_of[here]] &= ~w->pattern_bit[here];
        used[there]++;
        mask[w->day_of[there]] |= w->pattern_bit[there];
    }
}

static void move_one(struct walk *w, int64_t s, int64_t origin, int64_t cell)
{
    int64_t here = origin / w->rooms, there = cell / w->rooms, width = w->nobody + 1;
    w->cell[s] = cell;
    w->occupant[cell] = s;
    move_activity(w, s, origin, cell);
    if (here == there)
        return;
    for (int32_t k = w->clash_first[s]; k < w->clash_first[s + 1]; k++) {
        w->clashing[here * width + w->clash_list[k]]--;
        w->clashing[there * width + w->clash_list[k]]++;
    }
    for (int64_t kind = 0; w->is_limited && kind < 2; kind++) {
        w->load[kind * w->slots + here] -= w->takes[kind * width + s];
        w->load[kind * w->slots + there] += w->takes[kind * width + s];
    }
    int64_t outside = w->outside[s * w->slots + there] - w->outside[s * w->slots + here];
    for (int64_t u = 0; outside && u < w->units; u++)
        w->fair_missed[u] += (double)(outside * w->draws[s * w->units + u]);
    move_patterns(w, s, here, there);
}

static void keep_if_best(struct walk *w)
{
    double cost = (double)w->own_cost + w->unfairness;
    if (w->clashes == 0 && cost < w->best_cost - 1e-9) {
        w->best_cost = cost;
        memcpy(w->best_cell, w->cell, (size_t)(w->nobody + 1) * sizeof *w->cell);
    }
}

static void try_one(struct walk *w, double temperature)
{
    int64_t cell, s = propose(w, &cell), origin = w->cell[s], other = w->occupant[cell];
    int64_t cells = w->slots * w->rooms, width = w->nobody + 1;
    if (cell == origin || !w->allowed[s * cells + cell] || !w->allowed[other * cells + origin])
        return;
    int64_t here = origin / w->rooms, there = cell / w->rooms, old = origin % w->rooms, new = cell % w->rooms;
    int64_t clashes = 0;
    if (here != there) {
        clashes = w->clashing[there * width + s] - w->clashing[here * width + s] + w->clashing[here * width + other]
                - w->clashing[there * width + other] - 2 * w->clash[s * width + other];
        if (clashes > 1 || (w->is_limited && !is_within_limits(w, s, other, here, there)))
            return;
    }
    int64_t own = w->slot_cost[s * w->slots + there] - w->slot_cost[s * w->slots + here]
                + w->slot_cost[other * w->slots + here] - w->slot_cost[other * w->slots + there]
                + w->room_cost[s * w->rooms + new] - w->room_cost[s * w->rooms + old]
                + w->room_cost[other * w->rooms + old] - w->room_cost[other * w->rooms + new]
                + cell_delta(w, s, origin, cell) + cell_delta(w, other, cell, origin)
                + moved_delta(w, s, origin, cell) + moved_delta(w, other, cell, origin);
    if (w->activity[s] != w->activity[other]) {
        own += activity_delta(w, s, here, there, old, new);
        if (other != w->nobody)
            own += activity_delta(w, other, there, here, new, old);
    }
    if (here != there && w->pattern_count) {
        own += pattern_delta(w, s, other, here, there);
        if (other != w->nobody)
            own += pattern_delta(w, other, s, there, here);
    }
    double unfair = w->fairness > 0 && here != there ? unfairness_after(w, s, other, here, there) : w->unfairness;
    double delta = (double)own + unfair - w->unfairness + w->clash_price * (double)clashes;
    if (delta > 0) {
        double chance = ((double)(draw(w) >> 11) + 1) * 0x1p-53;
        if (delta > -temperature * log(chance))
            return;
    }
    w->occupant[origin] = other;
    move_one(w, s, origin, cell);
    if (other != w->nobody)
        move_one(w, other, cell, origin);
    w->own_cost += own;
    w->clashes += clashes;
    w->unfairness = unfair;
    keep_if_best(w);
}

/* Looks at so many moves at one temperature. */
void walk(struct walk *w, int64_t moves, double temperature)
{
    while (moves-- > 0)
        try_one(w, temperature);
}
