package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;

class GroupSettingsTest {
  /** By all components, so that one that is added later is kept, too. */
  @Test
  void anotherFeatureLevelChangesNothingElse() throws ReflectiveOperationException {
    RecordComponent[] components = GroupSettings.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Object usual = components[i].getAccessor().invoke(GroupSettings.defaults());
      types[i] = components[i].getType();
      values[i] = usual instanceof Long one ? (Object) (one + 1) : (Object) ((Integer) usual + 1);
    }
    GroupSettings before = GroupSettings.class.getDeclaredConstructor(types).newInstance(values);

    GroupSettings after = before.withFeatureLevel(9);

    for (RecordComponent component : components) {
      Object expected =
          component.getName().equals("featureLevel") ? 9 : component.getAccessor().invoke(before);
      assertThat(component.getAccessor().invoke(after)).isEqualTo(expected);
    }
  }
}
