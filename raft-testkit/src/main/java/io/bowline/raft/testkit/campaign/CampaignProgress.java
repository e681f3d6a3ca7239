package io.bowline.raft.testkit.campaign;

/**
 * How far a campaign is.
 *
 * @param runs that have ended
 * @param of how many runs there will be; 0 if the time decides
 * @param simulatedNanos of virtual time, of all runs
 * @param faults that struck
 * @param operations that clients asked for
 * @param events that were checked
 * @param wallNanos since it began
 */
public record CampaignProgress(
    long runs,
    long of,
    long simulatedNanos,
    long faults,
    long operations,
    long events,
    long wallNanos) {}
