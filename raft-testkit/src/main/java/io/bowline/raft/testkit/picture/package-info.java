/**
 * A run as a picture: {@code RunPicture} looks on as a {@code RunObserver} and writes one HTML file
 * that needs no network. Its script and style lie beside it as resources. One thread.
 */
@NullMarked
package io.bowline.raft.testkit.picture;

import org.jspecify.annotations.NullMarked;
