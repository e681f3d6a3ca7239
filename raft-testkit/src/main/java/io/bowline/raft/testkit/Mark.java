package io.bowline.raft.testkit;

import java.util.List;
import java.util.Locale;

/**
 * A rare event of which every campaign of some thousand runs must have seen at least one: what has
 * not happened was not tested. Each names the areas whose faults it needs.
 */
enum Mark {
  /** Somebody was elected. */
  ELECTION_WON(),
  /** Two nodes asked for votes in one term. */
  ELECTION_RIVALS(FaultArea.NETWORK, FaultArea.NODE),
  /** Votes were asked for in a term that nobody won. */
  TERM_WITHOUT_LEADER(FaultArea.NETWORK, FaultArea.NODE),
  /** A leader was followed by itself. */
  LEADER_REELECTED(FaultArea.NETWORK, FaultArea.NODE),
  /** A leader was followed by another node. */
  LEADER_CHANGED(FaultArea.NETWORK, FaultArea.NODE),
  /** A leader spoke while one of a later term did already. */
  LEADERS_OVERLAP(FaultArea.NETWORK),
  /** The new leader had voted for the old one's entries. */
  LEADER_DEPOSED_BY_ITS_FOLLOWER(FaultArea.NETWORK, FaultArea.NODE),
  /** A leader was elected within a second of its start. */
  ELECTED_RIGHT_AFTER_START(FaultArea.NODE),
  /** A leader was elected in its fifth life or later. */
  ELECTED_IN_FIFTH_LIFE(FaultArea.NODE),
  /** A new leader held entries that nobody had committed. */
  ELECTED_WITH_UNCOMMITTED_TAIL(FaultArea.NETWORK, FaultArea.NODE),
  /** Another disk held more entries than the new leader's log. */
  ELECTED_WITHOUT_ALL_ENTRIES(FaultArea.NETWORK, FaultArea.NODE),
  /** A later last term won over a longer log. */
  ELECTED_WITH_LOWER_LAST_INDEX(FaultArea.NETWORK, FaultArea.NODE),
  /** A term of ten or more had a leader. */
  TERM_TEN(FaultArea.NETWORK, FaultArea.NODE),
  /** Five terms of one run had a leader. */
  FIVE_LEADERS(FaultArea.NETWORK, FaultArea.NODE),
  /** A vote was granted. */
  VOTE_GRANTED(),
  /** A vote was refused. */
  VOTE_REFUSED(FaultArea.NETWORK, FaultArea.NODE),
  /** A grant arrived in a later term than it was for. */
  VOTE_GRANTED_LATE(FaultArea.NETWORK),
  /** A pre-vote was granted. */
  PREVOTE_GRANTED(),
  /** A pre-vote was refused. */
  PREVOTE_REFUSED(FaultArea.NETWORK, FaultArea.NODE),
  /** A node asked for pre-votes a third time without an election. */
  PREVOTE_AGAIN(FaultArea.NETWORK, FaultArea.NODE),
  /** A vote was asked for with a log behind what is committed. */
  CANDIDATE_BEHIND(FaultArea.NETWORK, FaultArea.NODE),
  /** A term was entered on disk without a vote. */
  BALLOT_WITHOUT_VOTE(FaultArea.NETWORK, FaultArea.NODE),
  /** A vote was written for a term already on disk. */
  VOTE_IN_TERM_ENTERED_BEFORE(FaultArea.NETWORK, FaultArea.NODE),
  /** Entries were sent. */
  APPEND_SENT(),
  /** One message held sixteen entries or more. */
  APPEND_OF_MANY(FaultArea.CLIENT),
  /** A follower refused entries. */
  APPEND_REFUSED(FaultArea.NETWORK, FaultArea.NODE),
  /** It refused twice in one term. */
  APPEND_REFUSED_TWICE(FaultArea.NETWORK, FaultArea.NODE),
  /** It said which terms it holds. */
  APPEND_REFUSED_WITH_RUNS(FaultArea.NETWORK, FaultArea.NODE),
  /** Entries of a term that was over arrived. */
  APPEND_OF_OLD_TERM(FaultArea.NETWORK),
  /** Entries arrived that the follower's disk held already. */
  APPEND_AGAIN(FaultArea.NETWORK),
  /** Entries arrived of which the follower held a part. */
  APPEND_OVERLAPS_TAIL(FaultArea.NETWORK, FaultArea.NODE),
  /** A lower match arrived behind a higher one of the same term. */
  MATCH_OUT_OF_ORDER(FaultArea.NETWORK),
  /** A match arrived in a later term than it was for. */
  MATCH_LATE(FaultArea.NETWORK),
  /** A heartbeat of a term that was over arrived. */
  BEAT_OF_OLD_TERM(FaultArea.NETWORK),
  /** An answer to a heartbeat arrived in a later term. */
  BEAT_REPLY_LATE(FaultArea.NETWORK),
  /** A suffix was overwritten. */
  TRUNCATED(FaultArea.NETWORK, FaultArea.NODE),
  /** A suffix of ten entries or more was overwritten. */
  TRUNCATED_MANY(FaultArea.NETWORK, FaultArea.NODE),
  /** What was overwritten stood on disk. */
  TRUNCATED_DURABLE(FaultArea.NETWORK, FaultArea.NODE),
  /** An overwrite left a shorter log. */
  TRUNCATED_BY_SHORTER(FaultArea.NETWORK, FaultArea.NODE),
  /** An index was overwritten for a second time. */
  TRUNCATED_TWICE_AT_ONE_INDEX(FaultArea.NETWORK, FaultArea.NODE),
  /** Entries of two terms or more went in one overwrite. */
  TRUNCATED_OLDER_LEADERS_ENTRIES(FaultArea.NETWORK, FaultArea.NODE),
  /** Something was committed. */
  COMMITTED(),
  /** One report committed thirty-two entries or more. */
  COMMITTED_MANY(),
  /** A leader's first commit committed entries of an earlier term. */
  COMMITTED_OLDER_TERM(FaultArea.NETWORK, FaultArea.NODE),
  /** Entries of two earlier terms were committed at once. */
  COMMITTED_TWO_OLDER_TERMS(FaultArea.NETWORK, FaultArea.NODE),
  /** Just a quorum held what was committed. */
  COMMITTED_BY_BARE_QUORUM(FaultArea.NETWORK, FaultArea.NODE),
  /** The leader's own disk did not hold it yet. */
  COMMITTED_WITHOUT_LEADERS_DISK(FaultArea.DISK),
  /** All disks held it. */
  COMMITTED_BY_ALL(),
  /** While a node was down. */
  COMMITTED_WITH_NODE_DOWN(FaultArea.NODE),
  /** While a node was paused. */
  COMMITTED_WITH_NODE_PAUSED(FaultArea.NODE),
  /** After all machines had lost their power. */
  COMMITTED_AFTER_POWER_CUT_OF_ALL(FaultArea.NODE),
  /** A leader committed while one of a later term was elected. */
  COMMITTED_BY_OLD_LEADER(FaultArea.NETWORK),
  /** A directory is complete: the group is founded. */
  FOUNDING_COMPLETE(),
  /** A record of the founding gave way to another one. */
  FOUNDING_RECORD_REPLACED(FaultArea.DISK),
  /** A directory was told that it is a restored copy, and wrote that down. */
  COPY_FENCED(FaultArea.DISK),
  /** A follower knew of a commit above what its disk held. */
  COMMIT_AHEAD_OF_DISK(FaultArea.NETWORK, FaultArea.DISK),
  /** The leader's process was killed. */
  LEADER_CRASHED(FaultArea.NODE),
  /** The leader's machine lost its power. */
  LEADER_LOST_POWER(FaultArea.NODE),
  /** The leader was paused. */
  LEADER_PAUSED(FaultArea.NODE),
  /** A paused leader woke when another led. */
  LEADER_PAUSED_PAST_ITS_TERM(FaultArea.NODE),
  /** The leader was closed in order. */
  LEADER_CLOSED(FaultArea.OPERATOR),
  /** The leader's machine was suspended. */
  LEADER_SUSPENDED(FaultArea.CLOCK),

  /** A leader's clock stood while its process ran on. */
  LEADER_CLOCK_STOOD(FaultArea.NODE),
  /** A candidate was killed. */
  CANDIDATE_CRASHED(FaultArea.NODE),
  /** So many were down that nobody could lead. */
  QUORUM_DOWN(FaultArea.NODE),
  /** All were down. */
  ALL_DOWN(FaultArea.NODE),
  /** A node was started for the tenth time. */
  TENTH_LIFE(FaultArea.NODE),
  /** A node was back within 100 ms. */
  STARTED_WITHIN_100_MS(FaultArea.NODE),
  /** A node came back ten terms later, or one. */
  STARTED_IN_OTHER_TERM(FaultArea.NODE),
  /** A process died within a call to its disk. */
  DIED_IN_CALL(FaultArea.NODE),
  /** A process died in its recovery. */
  DIED_IN_RECOVERY(FaultArea.NODE),
  /** And again in the next one. */
  DIED_IN_SECOND_RECOVERY(FaultArea.NODE),
  /** A start read what no force had covered. */
  RECOVERED_UNFORCED(FaultArea.NODE),
  /** A power cut took all that was not forced. */
  RECOVERED_ALL_UNFORCED_LOST(FaultArea.NODE),
  /** A ballot survived that nobody had acted on. */
  RECOVERED_UNFORCED_BALLOT(FaultArea.NODE),
  /** A ballot that nobody had acted on was lost. */
  RECOVERED_LOST_BALLOT(FaultArea.NODE),
  /** An overwrite was under way when the process died. */
  RECOVERED_UNFORCED_OVERWRITE(FaultArea.NODE, FaultArea.NETWORK),
  /** A start found no entry. */
  RECOVERED_EMPTY(FaultArea.NODE),
  /** A power cut took a directory's change. */
  NAMES_LOST(FaultArea.NODE),
  /** A power cut took sectors. */
  SECTORS_LOST(FaultArea.NODE),
  /** A power cut left sectors that no force had covered. */
  SECTORS_KEPT(FaultArea.NODE),
  /** A power cut took the length of a file. */
  FILE_LENGTH_LOST(FaultArea.NODE),
  /** After a failed force the old bytes were read. */
  CACHE_EVICTED(FaultArea.DISK),
  /** A segment was sealed. */
  SEGMENT_SEALED(),
  /** The leader's force failed. */
  FORCE_FAILED_ON_LEADER(FaultArea.DISK),
  /** A follower's force failed. */
  FORCE_FAILED_ON_FOLLOWER(FaultArea.DISK),
  /** A ballot could not be written or forced. */
  BALLOT_WRITE_FAILED(FaultArea.DISK),
  /** Entries could not be written or forced. */
  LOG_WRITE_FAILED(FaultArea.DISK),
  /** The idle group's sync block failed. */
  SYNC_FAILED(FaultArea.DISK),
  /** A node halted because of its disk. */
  NODE_HALTED(FaultArea.DISK),
  /** A write found no room. */
  NO_ROOM(FaultArea.DISK),
  /** A node that had no room went on in the same life. */
  ROOM_CAME_BACK(FaultArea.DISK),
  /** A start was refused by the disk. */
  START_FAILED(FaultArea.DISK),
  /** The leader's disk stalled for an election timeout. */
  LEADER_STALLED(FaultArea.DISK),
  /** It led no longer afterwards. */
  LEADER_STEPPED_DOWN_STALLED(FaultArea.DISK),
  /** A follower's disk stalled for an election timeout. */
  FOLLOWER_STALLED(FaultArea.DISK),
  /** A connection broke. */
  CONNECTION_BROKE(FaultArea.NETWORK),
  /** A hello was refused. */
  HELLO_REFUSED(FaultArea.NODE),
  /** Flipped bits were seen. */
  FRAME_CORRUPT(FaultArea.NETWORK),
  /** A message was lost. */
  MESSAGE_LOST(FaultArea.NETWORK),
  /** A message came twice. */
  MESSAGE_DUPLICATED(FaultArea.NETWORK),
  /** A message came up to a minute late. */
  MESSAGE_STALE(FaultArea.NETWORK),
  /** A message arrived whose sender had died. */
  MESSAGE_OF_EARLIER_LIFE(FaultArea.NETWORK, FaultArea.NODE),
  /** A node whose disk was replaced was heard. */
  MESSAGE_OF_SPOILT_NODE(FaultArea.NODE),
  /** A message was held and released. */
  MESSAGE_HELD(FaultArea.NETWORK),
  /** A message vanished in a half-open connection. */
  MESSAGE_HALF_OPEN(FaultArea.NETWORK),
  /** A command was acknowledged. */
  CALL_COMMITTED(),
  /** A command was refused for good. */
  CALL_REFUSED(FaultArea.NETWORK, FaultArea.NODE),
  /** A command's fate is unknown. */
  CALL_UNKNOWN(FaultArea.NETWORK, FaultArea.NODE),
  /** A command of unknown fate took effect. */
  CALL_UNKNOWN_COMMITTED(FaultArea.NETWORK, FaultArea.NODE),
  /** A dead client's command took effect. */
  CALL_ABANDONED_COMMITTED(FaultArea.CLIENT),
  /** A call was asked under one leader and answered under another. */
  CALL_ACROSS_LEADERS(FaultArea.NETWORK, FaultArea.NODE),
  /** A call was answered behind a power cut of all. */
  CALL_ACROSS_POWER_CUT_OF_ALL(FaultArea.NODE),
  /** A call took over five seconds and was committed. */
  CALL_OVER_FIVE_SECONDS(FaultArea.NETWORK, FaultArea.NODE),
  /** A query was answered. */
  QUERY_ANSWERED(),
  /** A query was refused. */
  QUERY_REFUSED(FaultArea.NETWORK, FaultArea.NODE),
  /** A query was asked under one leader and answered under another. */
  QUERY_ACROSS_LEADERS(FaultArea.NETWORK, FaultArea.NODE),
  /** A client died while it waited for an answer. */
  CLIENT_CRASHED_WAITING(FaultArea.CLIENT),
  /** Client and leader died within a second. */
  CLIENT_AND_LEADER_CRASHED(FaultArea.CLIENT, FaultArea.NODE),
  /** A fault struck while another one was on. */
  FAULTS_OVERLAP(),
  /** Four faults were on at once. */
  FOUR_FAULTS_OVERLAP(),
  /** A fault struck when nobody led. */
  FAULT_WITHOUT_LEADER(FaultArea.NODE, FaultArea.NETWORK),
  /** A fault struck within 100 ms of a start. */
  FAULT_IN_RECOVERY_WINDOW(FaultArea.NODE),
  /** A run ended with everything healed. */
  HEALED_FULLY(),
  /** A run ended with a core healed and the rest broken for good. */
  HEALED_A_CORE(FaultArea.NODE, FaultArea.NETWORK),
  /** A disk was wiped. */
  DISK_WIPED(FaultArea.DISK),
  /** A disk was replaced by an older copy of itself. */
  DISK_RESTORED(FaultArea.DISK),
  /** A disk was replaced by another node's. */
  DISK_CLONED(FaultArea.DISK),
  /** A proven block was damaged. */
  DISK_ROTTEN(FaultArea.DISK),
  /** A damaged or foreign disk refused to start. */
  DAMAGE_REFUSED(FaultArea.DISK),
  /** One copy of a ballot slot was damaged, and the other served. */
  BALLOT_COPY_ROTTEN(FaultArea.DISK),
  /** A power cut in a write spoilt other sectors of the block. */
  NEIGHBOUR_SPOILT(FaultArea.DISK),
  /** A write went to another place while the node ran. */
  WRITE_MISDIRECTED(FaultArea.DISK),
  /** A file could not be opened or made for want of a handle. */
  NO_HANDLE(FaultArea.DISK),
  /** A leader died between the application of a client's command and its answer. */
  LEADER_DIED_UNANSWERED(FaultArea.NODE),
  /** And the client with it. */
  BOTH_DIED_UNANSWERED(FaultArea.NODE),
  /** Two nodes' sessions were compared at one index. */
  SESSIONS_COMPARED(),
  /** A session expired, was closed or had to make room. */
  SESSION_ENDED(FaultArea.CLIENT),
  /** A codec threw on a node. */
  CODEC_THREW(FaultArea.FOREIGN),
  /** A state machine threw while it applied. */
  APPLY_THREW(FaultArea.FOREIGN),
  /** A state machine threw when it was asked. */
  QUERY_THREW(FaultArea.FOREIGN),
  /** A listener threw. */
  LISTENER_THREW(FaultArea.FOREIGN),
  /** A sink of figures threw. */
  METRICS_THREW(FaultArea.FOREIGN),
  /** What was chained to a future threw. */
  CALLBACK_THREW(FaultArea.FOREIGN),
  /** The executor of callbacks refused a task. */
  CALLBACK_REJECTED(FaultArea.FOREIGN),
  /** Foreign code left its thread interrupted. */
  FOREIGN_INTERRUPTED(FaultArea.FOREIGN),
  /** A node halted because its state machine threw. */
  HALTED_BY_FOREIGN_CODE(FaultArea.FOREIGN),
  /** A state machine stood in a call for longer than a call may take. */
  APPLY_BLOCKED_PAST_DEADLINE(FaultArea.FOREIGN),
  /** A callback stood for longer than an election timeout. */
  CALLBACK_BLOCKED(FaultArea.FOREIGN),
  /** A command was committed while some state machine was slow. */
  COMMITTED_WHILE_APPLY_IS_SLOW(FaultArea.FOREIGN),
  /** A node's first start came behind the others'. */
  STARTED_LATE(FaultArea.DISK),
  /** A copy of a directory was put back. */
  COPY_RETURNED(FaultArea.DISK),
  /** A directory was back after another one had started under its name. */
  DIRECTORY_FLIPPED(FaultArea.DISK),
  /** A directory was emptied before its founding was complete. */
  WIPED_BEFORE_FOUNDING(FaultArea.DISK),
  /** A member said a number that cannot be. */
  ABSURD_NUMBER(FaultArea.NETWORK),
  /** A node that was closed, or had halted, was seen to be still. */
  CLOSED_AND_STILL();

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<FaultArea> needs;

  Mark(FaultArea... needs) {
    this.needs = List.of(needs);
  }

  /** The areas of faults without which it hardly occurs. */
  List<FaultArea> needs() {
    return needs;
  }

  /** As it stands in a report: lower case, words apart. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
