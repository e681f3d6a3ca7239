package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;

record GroupHello(GroupId group, long initialHash, Incarnation incarnation, long startCounter) {}
